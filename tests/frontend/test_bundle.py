"""The built bundle holds what pages ask for (`node frontend/build.mjs` has run before)."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "app" / "static" / "dist"
LITERAL_ICON = re.compile(r"""\bicon(?:\(|=|:|["']\s*:)\s*["']([a-z][a-z0-9-]+)["']""")


@pytest.fixture(scope="module")
def manifest() -> dict[str, str]:
    path = DIST / "manifest.json"
    assert path.exists(), "build the bundle first: npm ci && node frontend/build.mjs"
    return dict(json.loads(path.read_text()))


def test_the_manifest_names_files_that_exist(manifest: dict[str, str]) -> None:
    assert {"app.js", "app.css", "boot.js", "icons.svg"} <= set(manifest)
    for logical, hashed in manifest.items():
        assert (DIST / hashed).stat().st_size > 0
        assert hashed != logical, "long cache times need hashed names"


def test_every_icon_that_is_named_is_in_the_sprite(manifest: dict[str, str]) -> None:
    drawn = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (DIST / manifest["icons.svg"]).read_text()))
    named = set(json.loads((ROOT / "frontend" / "icons.json").read_text()))
    for source in [*(ROOT / "app").rglob("*.html"), *(ROOT / "app").rglob("*.py")]:
        named |= set(LITERAL_ICON.findall(source.read_text(encoding="utf-8")))
    assert named - drawn == set()


def test_scripts_and_styles_load_nothing_from_other_hosts(manifest: dict[str, str]) -> None:
    for built in [*DIST.glob("*.css"), *DIST.glob("*.js")]:
        text = built.read_text(encoding="utf-8")
        assert re.findall(r"""(?:url\(["']?|@import\s*["']|\bimport\(["'])https?://""", text) == []
