"""Which encoding a text file is in: ranked candidates with confidence, because only a person can be sure."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from app.core.i18n import Text, _l
from app.dataexchange.rules.han import han_score

CHUNK = 1 << 20
HEAD, TELLING = 64 * 1024, 192 * 1024  # bytes judged: the beginning, and later lines that are not plain ASCII

LABELS: dict[str, Text] = {
    "utf-8": _l("Unicode (UTF-8)"),
    "utf-8-sig": _l("Unicode (UTF-8 with mark)"),
    "utf-16-le": _l("Unicode (UTF-16 LE)"),
    "utf-16-be": _l("Unicode (UTF-16 BE)"),
    "utf-16": _l("Unicode (UTF-16 with mark)"),
    "utf-32-le": _l("Unicode (UTF-32 LE)"),
    "utf-32-be": _l("Unicode (UTF-32 BE)"),
    "utf-32": _l("Unicode (UTF-32 with mark)"),
    "gb18030": _l("Simplified Chinese (GB18030, GBK)"),
    "cp950": _l("Traditional Chinese (Big5)"),
    "cp1252": _l("Western European (Windows)"),
    "latin-1": _l("Western European (ISO 8859-1)"),
    "shift_jis": _l("Japanese (Shift JIS)"),
    "cp949": _l("Korean (Windows)"),
    "cp1251": _l("Cyrillic (Windows)"),
}
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: it begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FOREIGN_RUN = re.compile(r"[^\x00-\x7f]+")
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
SURE_ENOUGH = 0.5  # below it the page asks before it goes on


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible encoding; `broken` says that some bytes cannot be decoded with it."""

    encoding: str
    confidence: float
    broken: bool = False

    @property
    def label(self) -> Text:
        return LABELS.get(self.encoding, self.encoding)


def rank_encodings(path: Path) -> list[Candidate]:
    """The candidates, best first; never empty."""
    sample = _telling_sample(path)
    for mark, encoding in MARKS:
        if sample.startswith(mark):
            return [Candidate(encoding, 1.0, broken=not _decodes(path, encoding))]
    wide = looks_wide(sample)
    if wide:
        return [Candidate(wide, 0.95, broken=not _decodes(path, wide))]
    unicode = _judge_utf8(path, sample)
    if unicode.confidence >= 0.9:
        return [unicode, *_judge_legacy(path, sample, ceiling=0.3)]
    return sorted([unicode, *_judge_legacy(path, sample)], key=lambda c: c.confidence, reverse=True)


def looks_wide(sample: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: many NUL bytes that vanish under exactly one reading."""
    if sample.count(0) * 20 < len(sample):
        return None
    best, best_score = None, 0.9
    for encoding in WIDE:
        width = 2 if "16" in encoding else 4
        text = sample[: len(sample) // width * width].decode(encoding, "replace")
        score = sum(map(_is_ordinary, text)) / max(len(text), 1)
        if score > best_score:
            best, best_score = encoding, score
    return best


def _is_ordinary(character: str) -> bool:
    point = ord(character)
    return character in "\t\r\n" or 0x20 <= point < 0x7F or 0xA0 <= point < 0x600 or 0x2000 <= point < 0x9FFF or 0xFF00 <= point < 0xFFF0


def _judge_utf8(path: Path, sample: bytes) -> Candidate:
    if _decodes(path, "utf-8"):
        return Candidate("utf-8", 0.4 if _is_rather_gb(sample) else 0.99)
    text = sample.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    sound = sum(character > "\x7f" for character in text) - damaged
    # a few broken bytes in a text that is otherwise UTF-8 do not happen by accident in another encoding
    share = sound / max(sound + 3 * damaged, 1)
    return Candidate("utf-8", round(0.95 * share, 2) if sound else 0.0, broken=True)


def _is_rather_gb(sample: bytes) -> bool:
    """Some Chinese words in GBK, 联通 being the famous one, are valid UTF-8 as well: for letters nobody uses."""
    if sample.isascii() or any(character > "\u07ff" for character in sample.decode("utf-8", "ignore")):
        return False
    text = sample.decode("gb18030", "replace")
    runs = [len(run) for run in FOREIGN_RUN.findall(text)]
    return han_score("".join(set(text))) > 0.8 and sum(runs) >= 2 * len(runs)  # single letters between plain ones are accents


def _judge_legacy(path: Path, sample: bytes, ceiling: float = 0.95) -> list[Candidate]:
    if not any(byte > 0x7F for byte in sample):
        return []
    scores = {
        "gb18030": han_score(sample.decode("gb18030", "replace")),
        "cp950": han_score(sample.decode("cp950", "replace")),
        "cp1252": _latin_score(sample.decode("cp1252", "replace")),
    }
    for encoding, score in _other_languages(sample).items():
        scores.setdefault(encoding, score)
    scores["latin-1"] = min(0.1, scores["cp1252"])
    return [
        Candidate(encoding, round(min(max(score, 0.0), 1.0) * ceiling, 2), broken=not _decodes(path, encoding))
        for encoding, score in scores.items()
        if score > 0 or encoding in {"gb18030", "cp950", "cp1252"}
    ]


def _latin_score(text: str) -> float:
    """Accented letters stand between plain ones; two in a row are rare, and signs rarer still."""
    padded, points, count = f" {text} ", 0.0, 0
    for before, character, after in zip(padded, padded[1:], padded[2:], strict=False):
        if character <= "\x7f":
            continue
        count += 1
        if character == "\ufffd":
            points -= 1.0
        elif character.isalpha() and character not in "ªºƒµ":
            neighbours = (before.isascii() and before.isalpha()) + (after.isascii() and after.isalpha())
            crowded = before > "\x7f" or after > "\x7f"
            points += -0.3 if crowded else (0.5, 1.0, 1.0)[neighbours]
        elif character in "’‘“”–—…€£°®©™«»·´§\xa0":
            points += 0.5 if before <= "\x7f" and after <= "\x7f" else -0.3
        else:
            points -= 0.5
    return points / count if count else 0.0


def _other_languages(sample: bytes) -> dict[str, float]:
    """Whatever else the general detector thinks possible, always behind a plausible reading of ours."""
    found: dict[str, float] = {}
    for match in list(from_bytes(sample[:HEAD]))[:3]:
        encoding = {"big5": "cp950", "cp932": "shift_jis", "gbk": "gb18030", "gb2312": "gb18030"}.get(match.encoding, match.encoding)
        if not encoding.startswith("utf"):
            found.setdefault(encoding, max(0.0, 0.3 * (1 - match.chaos) + 0.15 * match.coherence))
    return found


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _decodes(path: Path, encoding: str) -> bool:
    """Whether every byte of the file has a meaning."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _telling_sample(path: Path) -> bytes:
    """The beginning of the file plus later lines with bytes above ASCII: a name may appear first in row 9,000."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        if len(head) < HEAD or head.startswith(tuple(mark for mark, _ in MARKS)) or 0 in head:
            return head
        head += file.readline(HEAD)
        telling, size = [head], 0
        for line in iter(lambda: file.readline(HEAD), b""):
            if not line.isascii():
                telling.append(line)
                size += len(line)
                if size > TELLING:
                    break
    return b"".join(telling)
