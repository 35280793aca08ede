"""Stable keys for dictionary terms of which a file tells only the word."""

import re
from collections.abc import Container

from pypinyin import lazy_pinyin

LONGEST = 40
OTHER = re.compile(r"[^a-z0-9]+")


def term_key(word: str, taken: Container[str]) -> str:
    """电子商务 → dian_zi_shang_wu; a key that is taken gets a number."""
    latin = "_".join(lazy_pinyin(word)) if not word.isascii() else word
    base = OTHER.sub("_", latin.lower()).strip("_")[:LONGEST].strip("_") or "term"
    key, number = base, 1
    while key in taken:
        number += 1
        key = f"{base[: LONGEST - len(str(number)) - 1]}_{number}"
    return key
