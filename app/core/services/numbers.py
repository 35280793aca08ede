"""Giving out running numbers: no two records ever get the same one, whoever asks at the same moment."""

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.entity import Entity
from app.core.models.number import NumberSequence

DIGITS = 6


def take_numbers(session: Session, entity: Entity, count: int = 1) -> list[str]:
    """`count` new numbers; the sequence row stays locked until the transaction ends."""
    last = _advance(session, entity.name, count)
    return [f"{entity.number_prefix}{n:0{DIGITS}d}" for n in range(last - count + 1, last + 1)]


def _advance(session: Session, name: str, count: int) -> int:
    row = NumberSequence.entity == name
    step = update(NumberSequence).where(row).values(last=NumberSequence.last + count).execution_options(synchronize_session=False)
    if not session.execute(step).rowcount:  # type: ignore[attr-defined]
        try:
            with session.begin_nested():
                session.execute(insert(NumberSequence).values(entity=name, last=0))
        except IntegrityError:
            pass  # another one made it first; ours counts on from there
        session.execute(step)
    return session.scalar(select(NumberSequence.last).where(row).execution_options(populate_existing=True))  # type: ignore[return-value]
