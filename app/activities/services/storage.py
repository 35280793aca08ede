"""The bytes of files: content-addressed under the upload folder, written whole or not at all."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from flask import current_app

from app.activities.rules.content import HEAD, Verdict, judge
from app.core.errors import InvalidValues
from app.core.i18n import _l

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a file once its bytes are safe."""

    sha256: str
    size: int
    content_type: str


def store(stream: IO[bytes], name: str) -> Stored:
    """Take in a file, or InvalidValues; the same content is kept once, whoever uploads it."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    digest, size, limit = hashlib.sha256(), 0, int(current_app.config["MAX_CONTENT_LENGTH"])
    handle, path = tempfile.mkstemp(dir=folder, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as file:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise InvalidValues({"file": _l("At most %(limit)s MB; this file is larger.", limit=limit // CHUNK)})
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        verdict = _judge(path, name)
        if verdict.refusal is not None:
            raise InvalidValues({"file": verdict.refusal})
        target = path_of(digest.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)
    finally:
        Path(path).unlink(missing_ok=True)
    return Stored(digest.hexdigest(), size, verdict.content_type)


def _judge(path: str, name: str) -> Verdict:
    with open(path, "rb") as file:
        content = file.read()
    return judge(name, content[:HEAD], BytesIO(content))


def path_of(sha256: str) -> Path:
    """Where the bytes with this fingerprint are; two levels keep folders small."""
    return _folder() / sha256[:2] / sha256[2:4] / sha256


def _folder() -> Path:
    return Path(current_app.config["UPLOAD_DIR"])
