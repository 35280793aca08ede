"""Pages work under a strict content security policy, and say nothing that cannot be translated."""

import re

import pytest

from tests.architecture.source import name_of, templates

INLINE = {
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a javascript: address": re.compile(r"(?:href|action|src)\s*=\s*[\"']\s*javascript:", re.IGNORECASE),
    "something from another host": re.compile(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
    "unescaped output": re.compile(r"[^\"'\s]\s*\|\s*safe\b"),
}
SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.IGNORECASE | re.DOTALL)
# A sum of a chart's parts cannot be known when the style sheet is made.
ALLOWED: dict[str, set[str]] = {}


@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds(what):
    found = {}
    for path in templates():
        lines = [i for i, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if INLINE[what].search(line)]
        if lines and name_of(path) not in ALLOWED.get(what, set()):
            found[name_of(path)] = lines
    assert not found


def test_scripts_are_files_or_data():
    inline = []
    for path in templates():
        for script in SCRIPT.finditer(path.read_text(encoding="utf-8")):
            data = "application/json" in script["attributes"]
            if not data and (script["body"].strip() or "src" not in script["attributes"]):
                inline.append(name_of(path))
    assert not inline


def test_forms_that_post_carry_the_token():
    """A form whose token is forgotten is refused in production only: the suite's client has none either."""
    forgotten = []
    for path in templates():
        text = path.read_text(encoding="utf-8")
        for form in re.finditer(r"<form\b[^>]*method\s*=\s*[\"']post[\"'][^>]*>.*?</form>", text, re.IGNORECASE | re.DOTALL):
            if not re.search(r"csrf|hidden_tag|token", form[0]):
                forgotten.append(f"{name_of(path)}: {form[0][:80]}")
    assert not forgotten
