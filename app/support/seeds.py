"""What the service desk starts with: a queue, service levels, causes."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.security.services.setup import seed_dictionary
from app.support.models import Priority, Queue, SlaPolicy

CAUSES = [
    ("user_question", "使用咨询", "Question of use"),
    ("configuration", "配置问题", "Configuration"),
    ("product_defect", "产品缺陷", "Product defect"),
    ("hardware", "硬件故障", "Hardware failure"),
    ("third_party", "第三方原因", "Third party"),
    ("delivery", "物流交付", "Delivery"),
    ("service_attitude", "服务质量", "Quality of service"),
    ("billing", "费用与发票", "Billing"),
    ("duplicate", "重复工单", "Duplicate"),
    ("other", "其他", "Other"),
]
# priority → (zh, en, first response, resolution) in minutes
POLICIES = {
    Priority.P1: ("紧急", "Critical", 15, 4 * 60),
    Priority.P2: ("高", "High", 60, 8 * 60),
    Priority.P3: ("普通", "Normal", 4 * 60, 24 * 60),
    Priority.P4: ("低", "Low", 8 * 60, 72 * 60),
}


def seed(session: Session) -> None:
    """Existing rows belong to the administrator."""
    seed_dictionary(session, "ticket_cause", CAUSES)
    known = set(session.scalars(select(SlaPolicy.priority)))
    for priority, (zh, en, first, resolution) in POLICIES.items():
        if priority not in known:
            session.add(SlaPolicy(name_zh=zh, name_en=en, priority=priority, first_response_minutes=first, resolution_minutes=resolution))
    if session.scalar(select(Queue.id).limit(1)) is None:
        session.add(Queue(name_zh="服务台", name_en="Service desk"))
