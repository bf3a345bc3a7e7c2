"""Photographs and signatures on their way: named by the SHA-256 of what they show, in parts of the sealed box."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.domain.errors import DomainError
from app.domain.operation import FileKind

LARGEST_FILE: Final = 2 * 1024 * 1024
SEALED_EXTRA: Final = 1 + 65 + 12 + 16  # what a box adds: version, point, iv, tag
LARGEST_BOX: Final = LARGEST_FILE + SEALED_EXTRA
LARGEST_PART: Final = 64 * 1024
DOUBTED_FILES_A_DAY: Final = 200  # a day's doors of a phone that was lost and found
DOUBTED_BYTES_A_DAY: Final = 100 * 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes ([0-9]{1,9})-([0-9]{1,9})/([0-9]{1,9})")
_MAGIC: Final = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))

SIGNATURES: Final = frozenset({FileKind.CITIZEN_SIGNATURE, FileKind.COURIER_SIGNATURE, FileKind.WITNESS_SIGNATURE})
KEPT_SIGNATURE: Final = timedelta(days=5 * 365 + 2)  # leap days too [assumption, docs/decisions/retention.md]
KEPT_PHOTO: Final = timedelta(days=90)  # after the errand closed
KEPT_FAULTY_PAPER: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class FilePart:
    """Bytes `first` … `first + len(body) - 1` of a box of `total`."""

    first: int
    total: int
    body: bytes


def parse_sha256(text: str) -> str:
    """Raise `file_name_malformed` for what is no SHA-256 in lower-case hex."""
    if _SHA256.fullmatch(text) is None:
        raise DomainError("file_name_malformed", kind="invalid", field="sha256")
    return text


def parse_part(content_range: str, body: bytes) -> FilePart:
    """Raise `part_malformed` (field `Content-Range`), or `file_too_big` for a box or a part above its limit."""
    match = _RANGE.fullmatch(content_range.strip())
    if match is None:
        raise DomainError("part_malformed", kind="invalid", field="Content-Range")
    first, last, total = (int(number) for number in match.groups())
    if total > LARGEST_BOX or len(body) > LARGEST_PART:
        raise DomainError("file_too_big", kind="invalid", field="file", most=LARGEST_FILE // 1024 // 1024)
    if not (first <= last < total and last - first + 1 == len(body)):
        raise DomainError("part_malformed", kind="invalid", field="Content-Range")
    return FilePart(first, total, body)


def media_type(plain: bytes) -> str:
    """By the first bytes: nobody's word is taken for it."""
    return next((kind for magic, kind in _MAGIC if plain.startswith(magic)), "application/octet-stream")
