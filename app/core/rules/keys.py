"""Stable keys of configuration: safe in code, addresses and files."""

import re

KEY = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")


def is_key(text: str) -> bool:
    """Whether a text can be a stable key."""
    return KEY.fullmatch(text) is not None
