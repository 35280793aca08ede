"""Running numbers of records (K000123)."""

from flask_appbuilder import Model
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.types import Identifier


class NumberSequence(Model):
    """The last number given out for an entity."""

    __tablename__ = "number_sequence"

    entity: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int] = mapped_column(Identifier, nullable=False, default=0)
