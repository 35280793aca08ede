"""The demo company's own list of what it made, so that exactly that can be taken away again."""

from flask_appbuilder import Model
from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Identifier


class DemoRecord(Model):
    """One record that the generator made."""

    __tablename__ = "demo_record"
    __table_args__ = (UniqueConstraint("entity", "record_id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    entity: Mapped[str] = mapped_column(String(40), nullable=False)
    record_id: Mapped[int] = mapped_column(Identifier, nullable=False)
