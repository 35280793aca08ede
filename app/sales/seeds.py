"""Dictionaries and the pipeline the domain starts with."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.sales.models import Pipeline, Stage, StageKind
from app.security.services.setup import seed_dictionary

DICTIONARIES = {
    "loss_reason": [
        ("price", "价格太高", "Price too high"),
        ("competitor", "输给竞争对手", "Lost to a competitor"),
        ("no_budget", "客户没有预算", "No budget"),
        ("no_decision", "客户未作决定", "No decision made"),
        ("no_need", "需求消失", "Need has gone"),
        ("product", "产品不符合需求", "Product does not fit"),
        ("timing", "交付时间不合适", "Timing"),
        ("relationship", "客户关系不足", "Relationship too weak"),
        ("unknown", "未记录", "Not recorded"),
        ("other", "其他", "Other"),
    ],
    "product_category": [
        ("hardware", "硬件", "Hardware"),
        ("software", "软件", "Software"),
        ("service", "服务", "Service"),
        ("subscription", "订阅", "Subscription"),
        ("consumable", "耗材配件", "Consumables and parts"),
        ("other", "其他", "Other"),
    ],
}

# key, zh, en, kind, probability, amber after days, expected days
STAGES = [
    ("prospecting", "初步接洽", "Prospecting", StageKind.OPEN, 10, 14, 30),
    ("engaging", "需求沟通", "Engaging", StageKind.OPEN, 30, 14, 30),
    ("proposal", "方案报价", "Proposal", StageKind.OPEN, 50, 10, 21),
    ("negotiation", "商务谈判", "Negotiation", StageKind.OPEN, 75, 10, 21),
    ("won", "赢单", "Won", StageKind.WON, 100, None, None),
    ("lost", "输单", "Lost", StageKind.LOST, 0, None, None),
]


def seed(session: Session) -> None:
    """Loss reasons, product categories, and one pipeline where there is none."""
    for name, entries in DICTIONARIES.items():
        seed_dictionary(session, name, entries)
    if session.scalar(select(Pipeline.id).limit(1)) is None:
        _seed_pipeline(session)


def _seed_pipeline(session: Session) -> None:
    pipeline = Pipeline(key="standard", name_zh="标准销售流程", name_en="Standard sales", position=10, is_default=True)
    session.add(pipeline)
    session.flush()
    for place, (key, zh, en, kind, probability, warn, expected) in enumerate(STAGES, start=1):
        session.add(
            Stage(
                pipeline_id=pipeline.id,
                key=key,
                name_zh=zh,
                name_en=en,
                position=place * 10,
                kind=kind,
                probability=Decimal(probability),
                warn_days=warn,
                expected_days=expected,
            )
        )
