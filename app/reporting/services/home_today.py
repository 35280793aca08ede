"""What the viewer has to do today: open tasks, and customers to follow up."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.models import TASK
from app.activities.services.task import TaskService
from app.core.actor import Right
from app.core.presentation import list_url
from app.customers.models import CUSTOMER, Customer
from app.reporting.services.home import Block, Data, Viewer

ROWS = 6


def today(session: Session, viewer: Viewer) -> Data:
    """The earliest due first; what is overdue is among them."""
    tasks = TaskService(session=session).open_of(viewer.actor.id or 0, limit=ROWS)
    sells = viewer.actor.may(Right.CREATE, CUSTOMER.name) and not viewer.actor.is_administrator
    return {
        "tasks": tasks,
        "tasks_url": list_url(TASK, "owner_id:eq:me", "status:eq:open", sort="due_at"),
        "follow_ups": _follow_ups(session, viewer) if sells else None,
        "follow_ups_url": list_url(CUSTOMER, "owner_id:eq:me", f"next_follow_up_on:lte:{viewer.today}", sort="next_follow_up_on"),
        "now": viewer.now,
        "day": viewer.today,
    }


def _follow_ups(session: Session, viewer: Viewer) -> list[Customer]:
    due = (Customer.owner_id == viewer.actor.id, Customer.next_follow_up_on <= viewer.today)
    return list(session.scalars(select(Customer).where(*due).order_by(Customer.next_follow_up_on, Customer.id).limit(ROWS)))


TODAY = Block("today", 10, "reporting/_today.html", lambda viewer: viewer.actor.may(Right.VIEW, TASK.name), today)
