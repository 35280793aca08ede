"""Preset roles by least privilege: domain → rights, and how far they reach."""

from dataclasses import dataclass

from app.core.actor import Right
from app.security.models.role import Level

V, C, E, D, T, X, I = Right.VIEW, Right.CREATE, Right.EDIT, Right.DELETE, Right.TRANSFER, Right.EXPORT, Right.IMPORT
READ = frozenset({V})
WORK = frozenset({V, C, E})
MANAGE = frozenset({V, C, E, D, T, X, I})


@dataclass(frozen=True)
class Preset:
    """A role that comes with the product; an entity's own entry goes before its domain's."""

    key: str
    zh: str
    en: str
    description_zh: str
    description_en: str
    level: Level
    domains: dict[str, frozenset[Right]]
    entities: dict[str, frozenset[Right]]
    is_administrator: bool = False


# Everybody must see colleagues and departments to choose and read them.
DIRECTORY = {"user": READ, "department": READ}
# Who works may ask colleagues for something, and may take back a file that was put in the wrong place.
TEAMWORK = {"task": frozenset({V, C, E, D, T}), "attachment": frozenset({V, C, D})}
# The rules of the service desk are configuration: people who work by them read them.
DESK_RULES = {"queue": READ, "sla_policy": READ}

PRESETS = (
    Preset(
        "Admin",
        "系统管理员",
        "System administrator",
        "一切权限,包括用户、角色和运维",
        "Everything, including users, roles and operations",
        Level.ALL,
        {},
        {},
        True,
    ),
    Preset(
        "sales_manager",
        "销售经理",
        "Sales manager",
        "带领团队:查看和管理本部门及下级部门",
        "Leads a team: sees and manages the department and those below",
        Level.SUBTREE,
        {
            "customers": MANAGE,
            "sales": MANAGE,
            "activities": MANAGE,
            "support": READ,
            "marketing": READ,
            "reporting": READ,
            "dataexchange": WORK,
        },
        {**DIRECTORY, "product": READ, "pipeline": READ, "stage": READ},
    ),
    Preset(
        "sales",
        "销售",
        "Sales",
        "跟进自己的客户、线索和商机",
        "Works on own customers, leads and opportunities",
        Level.OWN,
        {"customers": WORK, "sales": WORK, "activities": WORK, "support": READ, "reporting": READ},
        {**DIRECTORY, **TEAMWORK, "product": READ, "pipeline": READ, "stage": READ},
    ),
    Preset(
        "customer_service",
        "客服",
        "Customer service",
        "处理本部门的工单",
        "Answers the tickets of the department",
        Level.SUBTREE,
        {"support": frozenset({V, C, E, T, X}), "customers": frozenset({V, E}), "activities": WORK, "reporting": READ},
        {**DIRECTORY, **TEAMWORK, **DESK_RULES, "product": READ},
    ),
    Preset(
        "marketing",
        "市场",
        "Marketing",
        "本部门的线索与营销活动",
        "Leads and campaigns of the department",
        Level.SUBTREE,
        {"marketing": MANAGE, "customers": READ, "activities": WORK, "reporting": READ, "dataexchange": WORK},
        {**DIRECTORY, **TEAMWORK, "lead": frozenset({V, C, E, X, I}), "product": READ},
    ),
    Preset(
        "read_only",
        "只读",
        "Read only",
        "可查看全公司数据,不能修改",
        "Sees the whole company, changes nothing",
        Level.ALL,
        {"customers": READ, "sales": READ, "support": READ, "marketing": READ, "activities": READ, "reporting": READ},
        DIRECTORY,
    ),
)


def rights_of(preset: Preset, entity: str, domain: str) -> frozenset[Right]:
    """The rights a preset gives on an entity."""
    return preset.entities.get(entity, preset.domains.get(domain, frozenset()))
