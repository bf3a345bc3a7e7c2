"""Writes a backup in one stream: every member is hashed as it goes by, and the list of them is signed at the end."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from app.cli.age_pipe import sealing
from app.cli.archive import DUMP, LIST, PIECE, SIGNATURE, public_of, sign_list


class _Hashing(io.RawIOBase):
    """What is read through it is hashed."""

    def __init__(self, source: BinaryIO) -> None:
        self._source, self.sha256 = source, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        part = self._source.read(size)
        self.sha256.update(part)
        return part


class Packer:
    def __init__(self, archive: tarfile.TarFile, moment: float) -> None:
        self._archive, self._moment = archive, moment
        self.entries: list[dict[str, Any]] = []

    def add(self, name: str, body: bytes) -> None:
        self.add_stream(name, len(body), io.BytesIO(body))

    def add_file(self, name: str, path: Path) -> None:
        """As long as it was when it was opened: one that grows meanwhile is taken so far. Gone meanwhile: left out."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return
        with file:
            self.add_stream(name, os.fstat(file.fileno()).st_size, file)

    def add_dump(self, dump: BinaryIO) -> None:
        """In pieces: nobody knows its length before it ends."""
        number = 0
        while piece := dump.read(PIECE):
            self.add(f"{DUMP}/{number:06d}", piece)
            number += 1

    def add_stream(self, name: str, size: int, source: BinaryIO) -> None:
        hashing = _Hashing(source)
        self._archive.addfile(self._member(name, size), hashing)
        self.entries.append({"name": name, "size": size, "sha256": hashing.sha256.hexdigest()})

    def finish(self, contents: Mapping[str, Any], signing: bytes) -> None:
        listing = json.dumps({**contents, "entries": self.entries}, indent=1).encode()
        signature = {"public_key": public_of(signing), "signature": sign_list(signing, listing)}
        for name, body in ((LIST, listing), (SIGNATURE, json.dumps(signature).encode())):
            self._archive.addfile(self._member(name, len(body)), io.BytesIO(body))

    def _member(self, name: str, size: int) -> tarfile.TarInfo:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, self._moment
        return member


@contextmanager
def packing(file: Path, recipients: Sequence[Any], moment: float) -> Iterator[Packer]:
    """`file` appears (0600) when everything went well, and is the old one otherwise."""
    partial = file.with_name(file.name + ".part")
    partial.unlink(missing_ok=True)  # one that a killed backup left may be open to others
    descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            with _through(out, recipients) as entry, tarfile.open(fileobj=entry, mode="w|") as archive:
                yield Packer(archive, moment)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _through(out: BinaryIO, recipients: Sequence[Any]) -> Iterator[BinaryIO]:
    if not recipients:
        yield out
        return
    with sealing(out, recipients) as entry:
        yield entry
