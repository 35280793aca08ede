"""Dictionaries the domain starts with."""

from typing import Any

from sqlalchemy.orm import Session

from app.security.services.setup import seed_dictionary

DICTIONARIES: dict[str, list[Any]] = {
    "customer_level": [
        ("a", "A 级 · 战略", "A · strategic", "red"),
        ("b", "B 级 · 重要", "B · important", "orange"),
        ("c", "C 级 · 普通", "C · regular", "blue"),
        ("d", "D 级 · 低潜", "D · low potential", "secondary"),
    ],
    "customer_class": [
        ("direct", "直接客户", "Direct customer"),
        ("channel", "渠道伙伴", "Channel partner"),
        ("supplier", "供应商", "Supplier"),
        ("competitor", "竞争对手", "Competitor"),
        ("other", "其他", "Other"),
    ],
    "industry": [
        ("technology", "信息技术", "Technology"),
        ("software", "软件", "Software"),
        ("manufacturing", "制造业", "Manufacturing"),
        ("retail", "零售", "Retail"),
        ("finance", "金融", "Finance"),
        ("medical", "医疗健康", "Medical"),
        ("education", "教育", "Education"),
        ("energy", "能源", "Energy"),
        ("construction", "建筑房产", "Construction"),
        ("logistics", "物流运输", "Logistics"),
        ("telecommunications", "电信", "Telecommunications"),
        ("entertainment", "文化娱乐", "Entertainment"),
        ("marketing", "市场营销", "Marketing"),
        ("services", "商务服务", "Services"),
        ("employment", "人力资源", "Employment"),
        ("government", "政府", "Government"),
        ("food", "食品餐饮", "Food and drink"),
        ("agriculture", "农业", "Agriculture"),
        ("other", "其他", "Other"),
    ],
    "source": [
        ("website", "官网", "Website"),
        ("referral", "转介绍", "Referral"),
        ("phone", "电话来访", "Phone"),
        ("exhibition", "展会", "Exhibition"),
        ("advertising", "广告", "Advertising"),
        ("social", "社交媒体", "Social media"),
        ("cold_call", "主动开发", "Cold call"),
        ("partner", "合作伙伴", "Partner"),
        ("import", "数据导入", "Import"),
        ("other", "其他", "Other"),
    ],
    "company_size": [
        ("1_49", "1–49 人", "1–49 people"),
        ("50_199", "50–199 人", "50–199 people"),
        ("200_999", "200–999 人", "200–999 people"),
        ("1000", "1000 人以上", "1,000 and more"),
    ],
}


def seed(session: Session) -> None:
    """Levels, classes, industries, sources."""
    for name, entries in DICTIONARIES.items():
        seed_dictionary(session, name, entries)
