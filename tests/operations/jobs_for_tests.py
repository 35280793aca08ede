"""Jobs that tests run in processes of their own: `python -m tests.operations.jobs_for_tests race|hang`."""

import os
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import config
from app import create_app
from app.core.actor import Source, current_actor
from app.core.jobs import Run, job, report_progress

PAUSE = threading.Event()  # never set: only to let other threads run
FIRST_SLOT = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
SLOTS = [FIRST_SLOT + timedelta(days=day) for day in range(20)]


@job("test_race", label="Race")
def race(run: Run) -> dict:
    """Leaves a line per run in a file that all processes share."""
    with open(Path(os.environ["RACE_FILE"]), "a") as file:
        file.write(f"{run.slot.isoformat()}\n")
    return {"slot": run.slot.isoformat()}


@job("test_hang", label="Hang", resumable=True)
def hang(run: Run) -> dict:
    """The first attempt never ends; a second one does."""
    report_progress(run, 1, 2, "half-way")
    if run.attempt == 1 and "HANGS" in os.environ:
        print("working", flush=True)
        sys.stdin.read()
    report_progress(run, 2, 2)
    return {"attempt": run.attempt}


@job("test_fragile", label="Fragile")
def fragile(run: Run) -> dict:
    """Like the other one, but must not be begun twice."""
    return hang(run)


@job("test_endless", label="Endless", resumable=True)
def endless(run: Run) -> None:
    """Goes on until it is stopped."""
    count = 0
    while True:
        count += 1
        report_progress(run, count)
        PAUSE.wait(0.01)


@job("test_broken", label="Broken")
def broken(run: Run) -> None:
    raise ZeroDivisionError


@job("test_whoami", label="Who am I", source=Source.IMPORT)
def whoami(run: Run) -> dict:
    actor = current_actor()
    return {"id": actor.id, "source": str(actor.source), "system": actor.is_system}


def main(what: str) -> None:
    from app.operations.services import job_queue
    from app.operations.services.worker import Worker

    app = create_app(config.Testing, SQLALCHEMY_DATABASE_URI=os.environ["TEST_URL"], DATA_DIR=Path(os.environ["TEST_DATA_DIR"]))
    worker = Worker(app)
    print("ready", flush=True)
    sys.stdin.readline()
    if what == "race":
        with app.app_context():
            for slot in SLOTS:
                job_queue.add_slot("test_race", slot)
                worker.work_off()
    worker.work_off()
    print("done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
