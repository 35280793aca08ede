"""The demo company itself: its departments and the people in them."""

from dataclasses import dataclass

# key, parent, zh, en
DEPARTMENTS = [
    ("sales", None, "销售中心", "Sales"),
    ("east", "sales", "华东区", "East China"),
    ("north", "sales", "华北区", "North China"),
    ("south", "sales", "华南区", "South China"),
    ("service", None, "客户服务部", "Customer service"),
    ("marketing", None, "市场部", "Marketing"),
]
REGIONS = ("east", "north", "south")


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here; `strength` is how well a seller does."""

    username: str
    family: str
    given: str
    department: str
    role: str
    leads: bool = False
    strength: float = 1.0
    locale: str = "zh"


COLLEAGUES = [
    Colleague("zhao.ming", "赵", "明", "sales", "sales_manager", True),
    Colleague("chen.jing", "陈", "静", "east", "sales_manager", True, 1.2),
    Colleague("li.wei", "李", "伟", "east", "sales", strength=1.3),
    Colleague("wang.fang", "王", "芳", "east", "sales", strength=1.1),
    Colleague("anna.keller", "Keller", "Anna", "east", "sales", strength=0.9, locale="en"),
    Colleague("xu.hao", "徐", "浩", "east", "sales", strength=0.7),
    Colleague("liu.yang", "刘", "洋", "north", "sales_manager", True, 1.1),
    Colleague("sun.lei", "孙", "磊", "north", "sales", strength=1.0),
    Colleague("gao.min", "高", "敏", "north", "sales", strength=1.2),
    Colleague("tom.evans", "Evans", "Tom", "north", "sales", strength=0.8, locale="en"),
    Colleague("ma.chao", "马", "超", "north", "sales", strength=0.9),
    Colleague("huang.ting", "黄", "婷", "south", "sales_manager", True, 1.2),
    Colleague("lin.xia", "林", "霞", "south", "sales", strength=1.4),
    Colleague("he.jun", "何", "军", "south", "sales", strength=1.0),
    Colleague("maria.santos", "Santos", "Maria", "south", "sales", strength=1.1, locale="en"),
    Colleague("luo.bin", "罗", "斌", "south", "sales", strength=0.6),
    Colleague("zhou.ping", "周", "平", "service", "customer_service", True),
    Colleague("wu.dan", "吴", "丹", "service", "customer_service"),
    Colleague("zheng.kai", "郑", "凯", "service", "customer_service"),
    Colleague("emma.olsen", "Olsen", "Emma", "service", "customer_service", locale="en"),
    Colleague("feng.qi", "冯", "琪", "service", "customer_service"),
    Colleague("tang.yue", "唐", "悦", "marketing", "marketing", True),
    Colleague("paul.novak", "Novak", "Paul", "marketing", "marketing", locale="en"),
    Colleague("yu.lan", "于", "兰", "marketing", "read_only"),
]


def sellers(region: str) -> list[Colleague]:
    """Everybody in a region who has customers, its head included."""
    return [c for c in COLLEAGUES if c.department == region]


def agents() -> list[Colleague]:
    return [c for c in COLLEAGUES if c.department == "service"]


# name, sku, category, list price
PRODUCTS = [
    ("云桥 CRM 标准版 / CloudBridge Standard", "CB-100", "subscription", 36_000),
    ("云桥 CRM 企业版 / CloudBridge Enterprise", "CB-300", "subscription", 128_000),
    ("智能网关 G2 / Smart gateway G2", "GW-2", "hardware", 8_600),
    ("智能网关 G5 / Smart gateway G5", "GW-5", "hardware", 21_500),
    ("工业平板 T10 / Industrial tablet T10", "TB-10", "hardware", 5_200),
    ("数据分析平台 / Analytics platform", "AN-1", "software", 260_000),
    ("库存优化模块 / Stock optimiser", "SO-1", "software", 88_000),
    ("实施服务（人天） / Implementation day", "SV-1", "service", 3_500),
    ("年度维保 / Annual maintenance", "SV-2", "service", 18_000),
    ("培训课程 / Training course", "SV-3", "service", 9_800),
    ("传感器套件 / Sensor kit", "SN-8", "consumable", 2_400),
    ("备件包 / Spare parts kit", "SP-1", "consumable", 1_150),
]


def product_name(product: int, *, abroad: bool) -> str:
    """One of the two names of a product."""
    return PRODUCTS[product][0].split(" / ")[abroad]
