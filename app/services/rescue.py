"""A rescue package: what a phone still holds, carried in by hand because the phone itself can't send any more.

The ZIP holds `ops.json` (`{version, ops}`: the operations as on the wire, each with its `device_id`) and `files/<sha256>`
(sealed boxes). It takes the very road of the line: the same ids, the same seals, the same answers; feeding it in twice
is feeding it in once.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import SEEK_END
from itertools import groupby
from typing import IO, Any, Final
from uuid import UUID
from zipfile import BadZipFile, ZipFile, ZipInfo

from app.config import Keys
from app.domain.acts import OperationReader
from app.domain.errors import DomainError
from app.domain.file import LARGEST_BOX, LARGEST_PART, FilePart, parse_sha256
from app.domain.operation import A_BATCH, Sent
from app.models import Device
from app.services import audit
from app.services.evidence import files
from app.services.sync import receive
from app.unit_of_work import UnitOfWork

OPERATIONS, FOLDER = "ops.json", "files/"
MOST_OPERATIONS: Final = 5000  # a month of a phone that never met a network
LARGEST_LIST: Final = 24 * 1024 * 1024  # of operations, each with its box
MOST_OBJECTS: Final = 8 * MOST_OPERATIONS
MOST_FILES: Final = 2000
LARGEST_FILES: Final = 256 * 1024 * 1024  # together and unpacked; a sealed box packs no smaller
LARGEST_DIRECTORY: Final = 512 * 1024
END, END_LIES_IN = b"PK\5\6", 66_000  # APPNOTE 4.3.16: the last record, with a comment behind it
MS: Final = timedelta(milliseconds=1)
KNOWN, UNREADABLE = "known", "rescue_file_damaged"
DAMAGED: Final = (BadZipFile, zlib.error, RuntimeError, EOFError)
"""What `zipfile` says of an entry that is cut, encrypted or packed in a way of its own."""


@dataclass(slots=True)
class Rescued:
    """What came of it: an answer an operation, the state of each file, by name."""

    device_ids: list[UUID] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    left: int = 0  # operations and files for which there was no time: feed the package in again

    def count(self, result: str) -> int:
        return sum(answer["result"] == result for answer in self.answers)

    @property
    def new_files(self) -> int:
        return sum(state == files.WHOLE for state in self.files.values())


@dataclass(frozen=True, slots=True)
class Package:
    """An opened ZIP. Raises `rescue_unreadable` for anything else."""

    zip: ZipFile
    operations: Mapping[UUID, Sequence[dict[str, Any]]]  # by phone, in the phone's order

    @classmethod
    def open(cls, file: IO[bytes]) -> Package:
        try:
            _check_directory(file)
            archive = ZipFile(file)
            unpacked = sum(info.file_size for info in archive.infolist())
            if len(archive.infolist()) > MOST_FILES + 1 or unpacked > LARGEST_FILES:
                raise _unreadable()
            return cls(archive, _by_phone(_operations(archive)))
        except (*DAMAGED, KeyError, ValueError, TypeError, AttributeError, RecursionError):
            raise _unreadable() from None

    def boxes(self) -> Iterator[tuple[str, bytes | None]]:
        """Smallest first, as a phone sends them; None where the entry is damaged. What is no file of ours is passed over."""
        for info in sorted(self.zip.infolist(), key=lambda info: info.file_size):
            name = info.filename.removeprefix(FOLDER)
            if info.filename != name and 0 < info.file_size <= LARGEST_BOX and _is_sha256(name):
                yield name, self._read(info)

    def _read(self, info: ZipInfo) -> bytes | None:
        try:
            return self.zip.read(info)
        except DAMAGED:
            return None


def _check_directory(file: IO[bytes]) -> None:
    """Before anybody reads it: a directory of a million names is none of ours, and costs seconds."""
    size = file.seek(0, SEEK_END)
    file.seek(max(0, size - END_LIES_IN))
    end = file.read()
    at = end.rfind(END)
    if at < 0 or len(end) < at + 16 or int.from_bytes(end[at + 12 : at + 16], "little") > LARGEST_DIRECTORY:
        raise _unreadable()
    file.seek(0)


def _operations(archive: ZipFile) -> Any:
    if archive.getinfo(OPERATIONS).file_size > LARGEST_LIST:
        raise _unreadable()
    raw = archive.read(OPERATIONS)
    if raw.count(b"{") + raw.count(b"[") > MOST_OBJECTS:
        raise _unreadable()
    listed = json.loads(raw)
    if len(listed["ops"]) > MOST_OPERATIONS:
        raise _unreadable()
    return listed


def _is_sha256(name: str) -> bool:
    try:
        return parse_sha256(name) == name
    except DomainError:
        return False


def _by_phone(listed: Any) -> dict[UUID, list[dict[str, Any]]]:
    """Of `{version, ops: [{device_id, seq, …}]}`, each operation as the wire carries it."""
    ordered = sorted(listed["ops"], key=lambda operation: (operation["device_id"], operation["seq"]))
    return {
        UUID(device): [{key: value for key, value in one.items() if key != "device_id"} for one in operations]
        for device, operations in groupby(ordered, lambda operation: operation["device_id"])
    }


@dataclass(frozen=True, slots=True)
class Rescue:
    """Who feeds packages in, and when. `in_time`: asked before every batch and file; what is left then comes the next time."""

    work: UnitOfWork
    reader: OperationReader
    keys: Keys
    now: datetime
    by: str
    in_time: Callable[[], bool] = lambda: True

    def bring_home(self, package: Package) -> Rescued:
        """Feed everything in. Raises `rescue_device_unknown` for a phone that never signed in here."""
        done = Rescued(list(package.operations))
        devices = [self._device(device_id) for device_id in package.operations]
        for device, operations in zip(devices, package.operations.values(), strict=True):
            answers = self._operations(device, operations)
            done.answers += answers
            done.left += len(operations) - len(answers)
            audit.record(self.work, self.by, "rescue", "device", device.id, self.now, operations=len(answers))
        if devices:
            for sha256, box in package.boxes():
                if self.in_time():
                    done.files[sha256] = self._file(devices[0], sha256, box)
                else:
                    done.left += 1
            devices[0].waiting_files = max(0, devices[0].waiting_files - done.new_files)
        self.work.flush()
        return done

    def _device(self, device_id: UUID) -> Device:
        device = self.work.get(Device, device_id)
        if device is None:
            raise DomainError("rescue_device_unknown", kind="invalid", field="file")
        return device

    def _operations(self, device: Device, operations: Sequence[Any]) -> list[dict[str, Any]]:
        """The phone itself was not heard: its last contact and its clock stay what they were."""
        heard, offset, measured = device.last_contact_at, device.offset_ms, device.offset_at
        waiting, files_waiting = device.waiting, device.waiting_files
        sent_at = self.now - (offset or 0) * MS
        answers: list[dict[str, Any]] = []
        for first in range(0, len(operations), A_BATCH):
            if not self.in_time():
                break
            sent = Sent(sent_at, waiting, files_waiting, tuple(operations[first : first + A_BATCH]), carried_by=self.by)
            answers += receive(self.work, device.id, sent, self.reader, self.keys, self.now)["answers"]
        fresh = sum(answer["result"] != "duplicate" for answer in answers)
        device.last_contact_at, device.offset_ms, device.offset_at = heard, offset, measured
        device.waiting = max(0, waiting - fresh)
        return answers

    def _file(self, device: Device, sha256: str, box: bytes | None) -> str:
        """`whole`, `known` from before, or the code of what is wrong with it."""
        if box is None:
            return UNREADABLE
        known = files.progress(self.work, sha256)
        if known.state == files.WHOLE:
            return KNOWN
        first_try = self._parts(device, sha256, box, known.received if known.total == len(box) else 0)
        # what the phone had sent before may be the beginning of another box: then from the start
        return first_try if first_try == files.WHOLE else self._parts(device, sha256, box, 0)

    def _parts(self, device: Device, sha256: str, box: bytes, begin: int) -> str:
        state = ""
        for first in range(begin, len(box), LARGEST_PART):
            part = FilePart(first, len(box), box[first : first + LARGEST_PART])
            taken = files.take_part(self.work, sha256, part, device.id, self.now, self.keys)
            state = taken.code if isinstance(taken, DomainError) else taken.state
        return state


def _unreadable() -> DomainError:
    return DomainError("rescue_unreadable", kind="invalid", field="file")
