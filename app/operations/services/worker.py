"""The worker: takes runs from the queue, does them on a few threads, keeps telling that it is alive."""

import logging
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from flask import Flask

from app.core.actor import SYSTEM, Actor, acting_as
from app.core.errors import Refusal
from app.core.i18n import _, _l, force_locale
from app.core.jobs import Cancelled, Interrupted, Job, Run, find_job
from app.core.models import JobState
from app.core.types import utc_now
from app.extensions import db
from app.operations.services import job_queue, workers
from app.operations.services.liveness import forget_old_locks, hold_lock, is_surely_dead, new_worker_name
from app.security.models import CrmUser
from app.security.services.actor import load_actor

log = logging.getLogger(__name__)

THREADS = 2
TICK = 1.0  # seconds between looks at the queue and at the progress of what runs
BEAT_EVERY = 5.0
SWEEP_EVERY = 15.0
LAST_WORD = 20.0  # how long a stopping process waits for what cannot be interrupted


class NobodyAsks(Refusal):
    """The person who asked for the run has left meanwhile."""

    sentence = _l("The person who asked for this is no longer active.")


class Worker:
    """One jobs process's hands. `run_forever` until `stop`; `work_off` for tests and one-off commands."""

    def __init__(self, app: Flask, threads: int = THREADS) -> None:
        self.app = app
        self.threads = threads
        with app.app_context():
            self.name = new_worker_name()
            self.lock = hold_lock(self.name)
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="job")
        self.stopping = threading.Event()
        self.finished = threading.Event()
        self.active: dict[int, Run] = {}
        self.guard = threading.Lock()

    # -- the process -----------------------------------------------------------
    def run_forever(self) -> None:
        """Claim, beat and sweep until told to stop; then let the work end or hand it back."""
        beating = threading.Thread(target=self._keep_beating, name="heartbeat", daemon=True)
        beating.start()
        swept = 0.0
        while not self.stopping.is_set():
            try:
                with self.app.app_context():
                    if time.monotonic() - swept > SWEEP_EVERY:
                        self.sweep()
                        swept = time.monotonic()
                    while len(self.active) < self.threads and self._start_next():
                        pass
            except Exception:  # the database is away: nothing is lost, ask again
                log.exception("The queue cannot be read")
            self.stopping.wait(TICK)
        self._wind_down()
        self.finished.set()
        beating.join(timeout=BEAT_EVERY)

    def stop(self) -> None:
        """Take nothing new, interrupt what can begin again."""
        self.stopping.set()

    def work_off(self) -> int:
        """Do everything that waits, on this thread; returns how many runs were done."""
        count = 0
        with self.app.app_context():
            while (run := job_queue.claim(self.name)) is not None:
                self._do(run)
                count += 1
        return count

    def sweep(self) -> int:
        """Give the runs of dead workers a new start, or an honest end."""
        holding = [name for name in job_queue.running_workers() if name != self.name]
        dead = [name for name in holding if is_surely_dead(name)]
        moved = job_queue.sweep(dead, utc_now())
        workers.forget_silent(utc_now())
        forget_old_locks({self.name, *holding})
        return moved

    # -- one run ---------------------------------------------------------------
    def _start_next(self) -> bool:
        run = job_queue.claim(self.name)
        if run is None:
            return False
        with self.guard:
            self.active[run.id] = run
        self.pool.submit(self._do, run)
        return True

    def _do(self, run: Run) -> None:
        """Do a run and record how it ended; whatever happens stays inside."""
        with self.app.app_context():
            try:
                self._finish(run, *self._outcome(run))
            except Exception:  # the end could not be written: the sweeper will see to it
                log.exception("The end of run %s could not be recorded", run.id)
            finally:
                with self.guard:
                    self.active.pop(run.id, None)

    def _outcome(self, run: Run) -> tuple[JobState, dict[str, Any]]:
        job = find_job(run.job)
        assert job is not None
        try:
            actor = self._actor(run, job)
            with acting_as(actor), force_locale(actor.locale):
                try:
                    return JobState.DONE, {"result": job.work(run), "message": ""}
                except Cancelled:
                    return JobState.CANCELLED, {"message": _("Stopped before the end.")}
                except Interrupted:
                    return JobState.QUEUED, {}
                except Refusal as refusal:
                    return JobState.FAILED, {"message": str(refusal.sentence)}
                except Exception as error:
                    log.exception("Run %s of %s failed", run.id, run.job)
                    message = _("It failed unexpectedly (%(kind)s).", kind=type(error).__name__)
                    return JobState.FAILED, {"message": message, "trace": traceback.format_exc()[-20_000:]}
        except Refusal as refusal:
            return JobState.FAILED, {"message": str(refusal.sentence)}
        finally:
            db.session.remove()

    def _finish(self, run: Run, state: JobState, details: dict[str, Any]) -> None:
        if state is JobState.QUEUED:
            job_queue.give_back(run, self.name)
        else:
            job_queue.finish(run, self.name, state, **details)

    def _actor(self, run: Run, job: Job) -> Actor:
        """Whoever asked, with the rights held now; the system for what is scheduled."""
        if run.actor_id is None:
            return SYSTEM.through(job.source)
        with acting_as(SYSTEM):
            user = db.session.get(CrmUser, run.actor_id)
            if user is None or not user.active:
                raise NobodyAsks()
            actor = load_actor(run.actor_id, job.source)
            db.session.rollback()
        return actor

    # -- signs of life ---------------------------------------------------------
    def _keep_beating(self) -> None:
        started, last_own = utc_now(), 0.0
        told: dict[int, tuple[float, Any]] = {}
        while not self.finished.wait(TICK):
            with self.app.app_context():
                if time.monotonic() - last_own > BEAT_EVERY:
                    self._quietly(lambda: workers.sign_of_life(self.name, started, utc_now()))
                    last_own = time.monotonic()
                for run in self._running():
                    self._quietly(lambda run=run: self._beat(run, told))  # type: ignore[misc]

    def _beat(self, run: Run, told: dict[int, tuple[float, Any]]) -> None:
        at, figures = told.get(run.id, (0.0, None))
        now_figures = (run.progress, run.total, run.message)
        if figures == now_figures and time.monotonic() - at < BEAT_EVERY:
            return
        ours, cancelled = job_queue.beat(run, self.name)
        told[run.id] = (time.monotonic(), now_figures)
        if not ours or cancelled or self._out_of_time(run, utc_now()):
            run.stop = Cancelled

    def _out_of_time(self, run: Run, now: datetime) -> bool:
        job = find_job(run.job)
        return job is not None and job.timeout is not None and now - run.started_at > job.timeout

    def _running(self) -> list[Run]:
        with self.guard:
            return list(self.active.values())

    def _quietly(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as error:  # a locked or absent database: the next beat tries again
            log.warning("No sign of life: %s", error)

    def _wind_down(self) -> None:
        for run in self._running():
            if run.stop is None and job_queue.is_resumable(run):
                run.stop = Interrupted
        until = time.monotonic() + LAST_WORD
        while self._running() and time.monotonic() < until:
            time.sleep(0.1)
        self.pool.shutdown(wait=False, cancel_futures=True)
        with self.app.app_context():
            self._quietly(lambda: workers.sign_off(self.name))
        self.lock.release()
