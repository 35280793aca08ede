"""Counting the rows of an import and keeping what was wrong with them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.i18n import Text, force_locale
from app.dataexchange.models import ImportProblem
from app.dataexchange.services.rows import ReadRow

KEPT_PROBLEMS = 5_000
LONGEST_CELL = 300


class Tally:
    """Counts rows and remembers the first problems in the importer's language."""

    def __init__(self, job_id: int, actor: Actor) -> None:
        self.job_id, self.locale = job_id, actor.locale
        self.seen = self.failed = 0
        self.kept: list[dict[str, Any]] = []

    def count(self, batch: Sequence[ReadRow]) -> None:
        """Add the rows of a batch."""
        self.seen += len(batch)
        with force_locale(self.locale):
            for row in batch:
                if not row.problems:
                    continue
                self.failed += 1
                cells = ["" if c is None else str(c)[:LONGEST_CELL] for c in row.cells]
                for name, sentence in row.problems:
                    self._keep(row.number, name, str(sentence), cells)

    def note(self, row: int, field: str, sentence: Text) -> None:
        """Something that could not be filled in although its row was written."""
        with force_locale(self.locale):
            self._keep(row, field, str(sentence), [])

    def _keep(self, row: int, field: str | None, sentence: str, cells: list[str]) -> None:
        if len(self.kept) < KEPT_PROBLEMS:
            self.kept.append({"row": row, "field": field, "sentence": sentence, "cells": cells})

    def keep(self, session: Session) -> None:
        """Write what has been remembered, up to the limit of one import."""
        if not self.kept:
            return
        present = session.scalar(select(func.count(ImportProblem.id)).where(ImportProblem.import_job_id == self.job_id)) or 0
        rows = [{"import_job_id": self.job_id, **problem} for problem in self.kept[: max(KEPT_PROBLEMS - present, 0)]]
        if rows:
            session.execute(insert(ImportProblem), rows)
        self.kept = []
