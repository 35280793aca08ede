"""Addresses that come with a request and may be followed."""

from urllib.parse import urlsplit


def own_path(target: str | None, default: str = "/") -> str:
    """`target` when it is a path of this application, else the default: never an open redirect."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or any(ord(c) < 32 for c in target):
        return default
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else default
