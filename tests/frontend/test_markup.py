"""What the content policy and an isolated office network demand of every template."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "app").rglob("templates/**/*.html"))


def offences(text: str, pattern: str) -> list[str]:
    return [match.group(0) for match in re.finditer(pattern, text)]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "app")))
def test_templates_hold_no_inline_code_and_nothing_from_elsewhere(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert offences(text, r"\son[a-z]+\s*=\s*[\"']") == [], "inline event handler"
    assert offences(text, r"\sstyle\s*=\s*[\"']") == [], "inline style"
    assert offences(text, r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"'](?:https?:)?//") == [], "asset of another host"
    scripts = offences(text, r"<script\b(?:[^>{]|\{\{[^}]*\}\}|\{%[^%]*%\})*>")
    assert [s for s in scripts if "nonce=" not in s and "application/json" not in s] == [], "script without nonce"


def test_templates_are_found() -> None:
    assert len(TEMPLATES) > 30
