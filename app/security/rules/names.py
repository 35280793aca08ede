"""Making an account of a full name, for people whom a file only names."""

import re
import unicodedata

from pypinyin import lazy_pinyin

COMPOUND_FAMILY_NAMES = {
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "司徒",
    "夏侯",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "宇文",
    "长孙",
    "东方",
    "独孤",
    "南宫",
}


def split_name(full_name: str) -> tuple[str, str]:
    """(family name, given name): 王小明 → 王, 小明; Anna Lee Snelling → Snelling, Anna Lee."""
    text = " ".join(full_name.split())
    if text and all("一" <= c <= "鿿" or c in "·" for c in text):
        size = 2 if text[:2] in COMPOUND_FAMILY_NAMES and len(text) > 2 else 1
        return text[:size], text[size:] or text
    given, _blank, family = text.rpartition(" ")
    return family or text, given or text


def user_name(full_name: str) -> str:
    """Letters and digits for signing in: anna.snelling, wang.xiaoming."""
    family, given = split_name(full_name)
    parts = ["".join(lazy_pinyin(part)) for part in ((given, family) if full_name.isascii() else (family, given))]
    text = unicodedata.normalize("NFKD", ".".join(parts)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9.]+", "", text).strip(".")[:50] or "user"


def account_of(full_name: str, taken: set[str]) -> dict[str, str]:
    """Names, a free user name, and an address that can receive nothing until somebody enters the real one."""
    family, given = split_name(full_name)
    base = name = user_name(full_name)
    number = 1
    while name in taken:
        number += 1
        name = f"{base}{number}"
    taken.add(name)
    return {"last_name": family[:64], "first_name": given[:64], "username": name, "email": f"{name}@import.invalid"}
