"""Invented names: of people and companies, in Chinese and English, and ways to reach them that reach nobody."""

from dataclasses import dataclass
from random import Random

FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (
    "伟", "芳", "娜", "敏", "静", "磊", "洋", "艳", "勇", "杰", "涛", "明", "超", "霞", "平", "刚", "桂英", "建华", "文博", "子涵", "雨桐", "浩然",
    "欣怡", "志强", "晓东", "海燕", "俊峰", "梦瑶", "思远", "佳宁", "国栋", "丽华", "天宇", "一鸣", "若曦", "嘉懿", "振华", "婉婷", "立新", "云飞",
)  # fmt: skip
FIRST = (
    "Alice", "Ben", "Clara", "David", "Elena", "Felix", "Grace", "Hugo", "Irene", "James", "Karin", "Lukas", "Maria", "Noah", "Olivia", "Paul",
    "Quentin", "Rosa", "Simon", "Teresa", "Ursula", "Victor", "Wendy", "Xavier", "Yara", "Zoe",
)  # fmt: skip
LAST = (
    "Anders", "Bauer", "Carter", "Dubois", "Evans", "Fischer", "Garcia", "Hansen", "Ito", "Jensen", "Keller", "Lopez", "Moreau", "Novak", "Olsen",
    "Petrov", "Quinn", "Rossi", "Santos", "Tanaka", "Unger", "Vargas", "Weber", "Yamada", "Zimmer",
)  # fmt: skip

# (province, city, in English) by region
CITIES = {
    "east": [("上海市", "上海", "Shanghai"), ("江苏省", "南京", "Nanjing"), ("江苏省", "苏州", "Suzhou"), ("浙江省", "杭州", "Hangzhou"), ("浙江省", "宁波", "Ningbo"), ("安徽省", "合肥", "Hefei")],
    "north": [("北京市", "北京", "Beijing"), ("天津市", "天津", "Tianjin"), ("山东省", "青岛", "Qingdao"), ("山东省", "济南", "Jinan"), ("辽宁省", "大连", "Dalian"), ("陕西省", "西安", "Xi'an")],
    "south": [("广东省", "广州", "Guangzhou"), ("广东省", "深圳", "Shenzhen"), ("广东省", "佛山", "Foshan"), ("福建省", "厦门", "Xiamen"), ("湖南省", "长沙", "Changsha"), ("四川省", "成都", "Chengdu")],
}  # fmt: skip
ABROAD = [
    ("Singapore", "Singapore"),
    ("Germany", "Hamburg"),
    ("Japan", "Osaka"),
    ("United Kingdom", "Leeds"),
    ("Netherlands", "Rotterdam"),
    ("Australia", "Perth"),
    ("France", "Lyon"),
    ("Canada", "Toronto"),
]

# industry → words that end a company's name
TRADES = {
    "technology": ("智能科技", "Technology"), "software": ("软件", "Software"), "manufacturing": ("精密制造", "Precision Works"), "retail": ("百货", "Retail"),
    "finance": ("金融服务", "Finance"), "medical": ("医疗器械", "Medical"), "education": ("教育咨询", "Learning"), "energy": ("新能源", "Energy"),
    "construction": ("建筑工程", "Construction"), "logistics": ("国际物流", "Logistics"), "telecommunications": ("通信", "Telecom"),
    "services": ("商务服务", "Services"), "food": ("食品", "Foods"), "agriculture": ("现代农业", "Agriculture"),
}  # fmt: skip
ZH_HEADS = (
    "云帆", "启明", "瑞禾", "鼎新", "华岳", "星辰", "恒远", "博雅", "嘉禾", "海川", "明德", "天工", "正和", "锐思", "联创", "金穗", "蓝湾", "宏图", "安澜", "新程",
    "东篱", "青禾", "泰和", "同舟", "致远", "众诚", "光合", "百川", "松石", "朗润",
)  # fmt: skip
EN_HEADS = (
    "Alder", "Birchfield", "Cobalt", "Dunmore", "Elmstead", "Fairlight", "Glenmoor", "Harborne", "Ironbridge", "Juniper", "Kestrel", "Larkhill", "Marwood",
    "Northgate", "Oakhaven", "Pinecrest", "Quarry Hill", "Ravenswood", "Silverbrook", "Thornbury",
)  # fmt: skip
FORMS = ("Ltd", "GmbH", "Pte Ltd", "BV", "Inc", "Group")
# Numbers that ring nowhere: no network has 142 or 143, no local number begins with 0, and +44 20 7946 0… is kept for fiction.
MOBILE_PREFIXES = ("142", "143")
AREA_CODES = ("010", "020", "021", "022")


@dataclass(frozen=True, slots=True)
class Person:
    """A name and the account part of an address."""

    family: str
    given: str
    latin: str

    @property
    def full(self) -> str:
        return f"{self.family}{self.given}" if "一" <= self.family[0] <= "鿿" else f"{self.given} {self.family}"


def chinese_person(random: Random, serial: int) -> Person:
    return Person(random.choice(FAMILY), random.choice(GIVEN), f"contact{serial}")


def western_person(random: Random, serial: int) -> Person:
    first, last = random.choice(FIRST), random.choice(LAST)
    return Person(last, first, f"{first}.{last}{serial}".lower())


def mobile(random: Random) -> str:
    return f"{random.choice(MOBILE_PREFIXES)}{random.randrange(10**8):08d}"


def landline(random: Random, abroad: bool) -> str:
    if abroad:
        return f"+44 20 7946 0{random.randrange(1000):03d}"
    return f"{random.choice(AREA_CODES)}-0{random.randrange(10**7):07d}"


def chinese_company(random: Random, city: str, industry: str, taken: set[str]) -> tuple[str, str]:
    """(name, short name), different from all taken ones."""
    while True:
        short = f"{random.choice(ZH_HEADS)}{random.choice(('', '', random.choice(ZH_HEADS)[0]))}"
        name = f"{city}{short}{TRADES[industry][0]}{random.choice(('有限公司', '有限公司', '股份有限公司', '集团有限公司'))}"
        if name not in taken:
            taken.add(name)
            return name, short


def western_company(random: Random, industry: str, taken: set[str]) -> tuple[str, str]:
    while True:
        short = random.choice(EN_HEADS)
        name = f"{short} {TRADES[industry][1]} {random.choice(FORMS)}"
        if name not in taken:
            taken.add(name)
            return name, short
