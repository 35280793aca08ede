"""Names that files come with."""

import pytest

from app.activities.services.attachment import plain_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\drivers.sys", "drivers.sys"),
        ("C:\\Users\\me\\合同.pdf", "合同.pdf"),
        ("/", "file"),
        ("..", "file"),
        ("", "file"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
    ],
)
def test_plain_name(given: str, kept: str) -> None:
    assert plain_name(given) == kept
