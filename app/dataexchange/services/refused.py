"""Files about an import: the rows that were refused, and the empty template."""

import csv
import io
from collections.abc import Iterable, Mapping

from sqlalchemy import select

from app.core.fields import Field
from app.core.i18n import _
from app.core.rules.safety import guard
from app.dataexchange.models import ImportJob, ImportProblem
from app.dataexchange.services.fields import NUMBER
from app.extensions import db

MARK = "\ufeff"  # tells spreadsheet programs that this is UTF-8


def as_csv(job: ImportJob, fields: Mapping[str, Field]) -> str:
    """Every refused row once, its cells as they were and all reasons in front; without those columns it can be imported again."""
    rows: dict[int, tuple[list[str], list[str]]] = {}
    mine = select(ImportProblem).where(ImportProblem.import_job_id == job.id)
    for problem in db.session.scalars(mine.order_by(ImportProblem.row, ImportProblem.id)):
        reason = f"{fields[problem.field].label}: {problem.sentence}" if problem.field in fields else problem.sentence
        rows.setdefault(problem.row, ([], [str(cell) for cell in problem.cells]))[0].append(reason)
    text = io.StringIO()
    text.write(MARK)
    writer = csv.writer(text)
    writer.writerow([_("Row"), _("Reason"), *(guard(header) for header in job.headers)])
    for number, (reasons, cells) in rows.items():
        writer.writerow([number, guard(" ".join(reasons)), *(guard(cell) for cell in cells)])
    return text.getvalue()


def template_csv(fields: Iterable[Field]) -> str:
    """A line of headers in the reader's language."""
    text = io.StringIO()
    text.write(MARK)
    csv.writer(text).writerow([str(f.label) for f in sorted(fields, key=lambda f: not f.required) if f.name != NUMBER])
    return text.getvalue()
