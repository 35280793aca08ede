"""A backup set on disk: one compressed file per table, the uploaded files by hash, and a manifest written last."""

import gzip
import hashlib
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from app.core.errors import RuleViolation
from app.core.i18n import _l
from app.operations.rules.backup_rows import ColumnKind, Tally, row_decoder

FORMAT = 1
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
CHUNK = 1 << 20


class Damaged(RuleViolation):
    """A set that must not be restored: something in it is missing, changed or added."""

    sentence = _l("This backup is damaged or incomplete.")


@dataclass
class TablePart:
    """One table: its columns in order, what it holds, and the file it is in."""

    name: str
    columns: list[tuple[str, ColumnKind]]
    rows: int = 0
    checksum: str = ""
    bytes: int = 0
    sha256: str = ""

    @property
    def path(self) -> str:
        return f"tables/{self.name}.jsonl.gz"

    @property
    def kinds(self) -> list[ColumnKind]:
        return [ColumnKind(kind) for _name, kind in self.columns]


@dataclass
class FilePart:
    """An uploaded file: where it belongs, and the hash under which its content lies in the set."""

    path: str
    sha256: str
    bytes: int
    modified: int

    @property
    def stored(self) -> str:
        return f"files/{self.sha256[:2]}/{self.sha256}"


@dataclass
class Manifest:
    """What a set holds; a set without one does not exist."""

    version: str
    revision: str
    engine: str
    started_at: str
    finished_at: str = ""
    secret_fingerprint: str = ""
    tables: list[TablePart] = field(default_factory=list)
    files: list[FilePart] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.tables)

    @property
    def bytes(self) -> int:
        return sum(t.bytes for t in self.tables) + sum(f.bytes for f in self.files)


class _Tee(io.RawIOBase):
    """Counts and hashes what is written through it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.digest, self.size = file, hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self.file.write(data)


@contextmanager
def writing_part(folder: Path, part: TablePart) -> Iterator[Any]:
    """A function that takes lines; the part knows rows, checksum, size and hash afterwards."""
    path = folder / part.path
    path.parent.mkdir(parents=True, exist_ok=True)
    tally = Tally()
    with open(path, "wb") as file:
        tee = _Tee(file)
        with gzip.GzipFile(filename="", mode="wb", fileobj=tee, compresslevel=4, mtime=0) as packed:  # type: ignore[arg-type]

            def write(line: bytes) -> None:
                tally.add(line)
                packed.write(line)

            yield write
        file.flush()
        os.fsync(file.fileno())
    part.rows, part.checksum, part.bytes, part.sha256 = tally.rows, tally.checksum, tee.size, tee.digest.hexdigest()


def read_part(folder: Path, part: TablePart) -> Iterator[list[Any]]:
    """The rows of a table."""
    decode = row_decoder(part.kinds)
    with gzip.open(folder / part.path, "rb") as packed:
        for line in packed:
            yield decode(line)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """The last two files of a set, on disk before they get their names."""
    body = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    for name, content in ((MANIFEST, body), (SEAL, hashlib.sha256(body).hexdigest().encode())):
        with open(folder / f"{name}.part", "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.rename(folder / f"{name}.part", folder / name)
    sync_folder(folder)


def read_manifest(folder: Path) -> Manifest:
    """The manifest, if it is there and as it was written."""
    try:
        body, seal = (folder / MANIFEST).read_bytes(), (folder / SEAL).read_bytes()
    except OSError as error:
        raise Damaged(_l("There is no complete backup in this folder.")) from error
    if hashlib.sha256(body).hexdigest().encode() != seal:
        raise Damaged(_l("The manifest of this backup has been changed."))
    known = json.loads(body)
    if known.get("format") != FORMAT:
        raise Damaged(_l("This backup was written by a newer version of the program."))
    tables = [TablePart(**{**t, "columns": [(name, ColumnKind(kind)) for name, kind in t["columns"]]}) for t in known.pop("tables")]
    files = [FilePart(**f) for f in known.pop("files")]
    return Manifest(**known, tables=tables, files=files)


def check_set(folder: Path) -> Manifest:
    """Every byte is the one that was written, nothing is missing or added. That the rows can be read is proved by loading them."""
    manifest = read_manifest(folder)
    expected = {MANIFEST, SEAL, *(t.path for t in manifest.tables), *(f.stored for f in manifest.files)}
    present = {str(p.relative_to(folder).as_posix()) for p in folder.rglob("*") if not p.is_dir()}
    if expected != present:
        raise Damaged(
            _l("Files of this backup are missing or do not belong to it: %(names)s", names=", ".join(sorted(expected ^ present)[:5]))
        )
    parts: list[TablePart | FilePart] = [*manifest.tables, *{f.sha256: f for f in manifest.files}.values()]
    for part in parts:
        path = folder / (part.path if isinstance(part, TablePart) else part.stored)
        if path.stat().st_size != part.bytes or hash_file(path) != part.sha256:
            raise Damaged(_l("A file of this backup is damaged: %(name)s", name=path.name))
    return manifest


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
