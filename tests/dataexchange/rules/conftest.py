"""Where the real files are, and small ways to put a table on disk."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of real data sets; tests that need it are skipped without it."""
    folder = Path(os.environ.get("KEHU_TEST_DATA") or CHECKOUT.parent / "shared" / "data")
    if not (folder / "facts.json").is_file():
        pytest.skip("the real data sets are not on this machine (KEHU_TEST_DATA)")
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """write("a,b\\n", encoding="gb18030") or write(b"…"): a file with that content."""

    def _write(content: str | bytes, encoding: str = "utf-8", name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return _write
