"""Imports: a file on its way into an entity, and the rows that could not be taken."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import fields
from app.core.actor import Right
from app.core.choices import Choice
from app.core.entity import entity
from app.core.i18n import _l
from app.core.models.record import Owned, Record
from app.core.types import Identifier


class ImportState(Choice):
    """How far an import has come."""

    UPLOADED = "uploaded", _l("Uploaded"), "secondary"
    CHECKING = "checking", _l("Being checked"), "blue"
    CHECKED = "checked", _l("Checked"), "cyan"
    RUNNING = "running", _l("Running"), "blue"
    DONE = "done", _l("Done"), "green"
    FAILED = "failed", _l("Failed"), "red"
    CANCELLED = "cancelled", _l("Cancelled"), "orange"


class ImportMode(Choice):
    """What happens with rows whose record is already there."""

    CREATE = "create", _l("Create new records")
    UPDATE = "update", _l("Change existing records")
    UPSERT = "upsert", _l("Change existing records, create the others")


class ImportJob(Owned):
    """One file, how it is read, and what became of its rows."""

    __tablename__ = "import_job"

    target: Mapped[str] = fields.text(_l("Imported"), 40, required=True, readonly=True)
    filename: Mapped[str] = fields.text(_l("File"), 255, required=True, readonly=True)
    state: Mapped[ImportState] = fields.choice(ImportState, _l("State"), required=True, readonly=True, default=ImportState.UPLOADED)
    total: Mapped[int] = fields.integer(_l("Rows"), required=True, readonly=True, default=0)
    created_count: Mapped[int] = fields.integer(_l("Created"), required=True, readonly=True, default=0)
    updated_count: Mapped[int] = fields.integer(_l("Changed"), required=True, readonly=True, default=0)
    failed_count: Mapped[int] = fields.integer(_l("Refused"), required=True, readonly=True, default=0)
    finished_at: Mapped[datetime | None] = fields.moment(_l("Finished"), readonly=True)

    stored: Mapped[str] = mapped_column(String(64), nullable=False)  # name of the kept file
    headers: Mapped[list[str]] = mapped_column(JSON, nullable=False, default=list)
    reading: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False, default=dict)  # sheet, encoding, delimiter, header_row
    mapping: Mapped[dict[str, str]] = mapped_column(JSON, nullable=False, default=dict)  # column number → field
    options: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False, default=dict)  # see services/plan.py: Options
    findings: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False, default=dict)  # what the check left for a person to decide
    formats: Mapped[dict[str, Any]] = mapped_column(
        JSON, nullable=False, default=dict
    )  # field → how its column is written, found by the check
    last_row: Mapped[int] = mapped_column(Integer, nullable=False, default=0)  # all rows up to here are committed
    done_before: Mapped[int] = mapped_column(Integer, nullable=False, default=0)  # rows that an earlier, interrupted attempt had done
    run_id: Mapped[int | None] = mapped_column(Identifier)  # the run in the queue; runs are swept away some day, so no key
    message: Mapped[str | None] = mapped_column(Text)

    @property
    def title(self) -> str:
        return self.filename


class ImportProblem(Record):
    """A row that was refused, with its cells and the reason in the importer's language."""

    __tablename__ = "import_problem"
    __table_args__ = (Index(None, "import_job_id", "row", "id"),)
    scope_parent = "import_job_id"

    import_job_id: Mapped[int] = fields.reference("import_job", _l("Import"), required=True, readonly=True, index=False)
    row: Mapped[int] = fields.integer(_l("Row"), required=True, readonly=True)
    field: Mapped[str | None] = mapped_column(String(60))
    sentence: Mapped[str] = mapped_column(Text, nullable=False)
    cells: Mapped[list[Any]] = mapped_column(JSON, nullable=False, default=list)
    id: Mapped[int] = mapped_column(Identifier, primary_key=True)


class ImportLink(Model):
    """A reference to a record that a later row of the same file creates; set when all rows are there."""

    __tablename__ = "import_link"
    __table_args__ = (Index(None, "import_job_id", "id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    import_job_id: Mapped[int] = mapped_column(Identifier, ForeignKey("import_job.id"), nullable=False)
    record_id: Mapped[int] = mapped_column(Identifier, nullable=False)
    row: Mapped[int] = mapped_column(Integer, nullable=False)
    field: Mapped[str] = mapped_column(String(60), nullable=False)
    text: Mapped[str] = mapped_column(Text, nullable=False)


IMPORT_JOB = entity(
    ImportJob,
    label=_l("Import"),
    plural=_l("Imports"),
    description=_l("Files that were brought in, and what became of their rows."),
    icon="file-import",
    path="/imports",
    columns=("filename", "target", "state", "total", "created_count", "updated_count", "failed_count", "owner_id", "created_at"),
    search=("filename",),
    sort="-created_at",
    rights=(Right.VIEW, Right.CREATE, Right.EDIT),
    state="state",
)
entity(
    ImportProblem,
    label=_l("Import problem"),
    plural=_l("Import problems"),
    icon="alert-triangle",
    path="/import-problems",
    in_menu=False,
    search=(),
    sort="id",
    rights=(),
)
