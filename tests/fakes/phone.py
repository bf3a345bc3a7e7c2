"""A courier's phone without its screen: it speaks the wire of `/api/v1/courier` and forgets nothing before it may.

It keeps what the real one keeps: a queue of immutable operations, chained and sealed when written; files apart; its own
clock, which may be wrong; the offset it measured at the last contact. The same phone runs over any `Line`: real HTTP,
Flask's test client, or `services.sync` called directly.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPException
from random import Random
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask.testing import FlaskClient

from app.domain.custody import GENESIS, canonical_json
from app.domain.operation import A_BATCH, FileKind, Header, OperationKind
from app.domain.signing import enrolment_text, sign_in_text
from app.services.evidence.sealed import seal

API = "/api/v1/courier"
PART = 64 * 1024
HTTP_TIMEOUT_S, HTTP_SERVER_FAULT = 30, 500
WITH_FILES = frozenset(
    {OperationKind.COLLECTED, OperationKind.DELIVERED, OperationKind.NOT_DONE, OperationKind.INCIDENT}
)


class LineDropped(Exception):
    """Nobody knows whether the request had its effect: the phone must ask again."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: dict[str, Any]


class Line(Protocol):
    def ask(self, method: str, path: str, token: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Raise `LineDropped` when no answer came."""


@dataclass(frozen=True, slots=True)
class HttpLine:
    """A real server, at `http://localhost:8000`."""

    url: str

    def ask(self, method: str, path: str, token: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        request = Request(self.url + path, data=body or None, method=method, headers=_headers(token, headers))
        try:
            with urlopen(request, timeout=HTTP_TIMEOUT_S) as answer:
                return Reply(answer.status, _read(answer.read()))
        except HTTPError as refusal:
            with refusal:
                if refusal.code >= HTTP_SERVER_FAULT and "json" not in refusal.headers.get_content_type():
                    raise LineDropped(str(refusal.code)) from refusal  # a proxy's words: nobody of ours was there
                return Reply(refusal.code, _read(refusal.read()))
        except (OSError, ValueError, HTTPException) as fault:  # refused, reset, timed out, half an answer
            raise LineDropped(str(fault)) from fault


@dataclass(frozen=True, slots=True)
class ClientLine:
    """Flask's test client."""

    client: FlaskClient

    def ask(self, method: str, path: str, token: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        answer = self.client.open(path, method=method, data=body, headers=_headers(token, headers))
        return Reply(answer.status_code, _read(answer.data))


def _headers(token: str, more: Mapping[str, str]) -> dict[str, str]:
    return {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {}), **more}


def _read(body: bytes) -> dict[str, Any]:
    return dict(json.loads(body)) if body else {}


def key_of_phone(device_id: UUID) -> EllipticCurvePrivateKey:
    """The key that the phone of tests with this number makes for itself: always the same one."""
    return derive_private_key(int.from_bytes(hashlib.sha256(device_id.bytes).digest()[:31]) + 1, SECP256R1())


def spki(key: EllipticCurvePrivateKey) -> str:
    """The public half, as WebCrypto exports it, in base64."""
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def signed(key: EllipticCurvePrivateKey, text: bytes) -> str:
    """As WebCrypto signs: r and s, one behind the other, in base64."""
    r, s = decode_dss_signature(key.sign(text, ECDSA(SHA256())))
    return base64.b64encode(r.to_bytes(32) + s.to_bytes(32)).decode()


@dataclass(frozen=True, slots=True)
class Written:
    """One operation as it lies on the phone: what was meant stays known to the test, the server gets the box."""

    header: Header
    payload: Mapping[str, Any]
    wire: Mapping[str, Any]

    @property
    def op_id(self) -> str:
        return str(self.header.op_id)


@dataclass(slots=True)
class KeptFile:
    """A photograph or a signature: plain for the test alone, sealed for the wire."""

    sha256: str
    plain: bytes
    box: bytes
    sent: int = 0
    whole: bool = False


@dataclass(slots=True)
class Phone:
    """`clock` is the true time; the phone reads it with `skew`. `random` makes ids and salts repeatable."""

    device_id: UUID
    courier_id: int
    point: bytes
    clock: Callable[[], datetime]
    random: Random
    upload_token: str = ""
    access_token: str = ""
    skew: timedelta = timedelta(0)
    offset_ms: int | None = None
    seq: int = 0
    head: str = GENESIS
    revoked: bool = False
    key: EllipticCurvePrivateKey | None = None  # None: a phone of before phones had keys
    signed_from: int = 1
    queue: list[Written] = field(default_factory=list)  # not yet acknowledged, by seq
    written: list[Written] = field(default_factory=list)  # all there ever were
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)  # the first answer to each
    rejected: list[Written] = field(default_factory=list)  # quarantine: seen by courier and coordinator
    files: dict[str, KeptFile] = field(default_factory=dict)
    epoch: str = ""  # of the server's database, as it last told

    @classmethod
    def signed_in(
        cls, line: Line, username: str, password: str, clock: Callable[[], datetime], random: Random, *,
        signs: bool = True, **own: Any,
    ) -> Phone:  # fmt: skip
        """Enrol a phone as a courier does: user name, password. `signs`: an app of today; else one of before there were keys."""
        asked = {"username": username, "password": password, "name": "Điện thoại thử", "device_id": None}
        reply = line.ask("POST", f"{API}/sign-in", "", json.dumps(asked).encode(), {})
        assert reply.status == 201, reply
        phone = cls(
            UUID(reply.body["device_id"]),
            reply.body["courier"]["id"],
            base64.b64decode(reply.body["server_key"]),
            clock,
            random,
            reply.body["upload_token"],
            reply.body["access_token"],
            **own,
        )
        phone.measure(reply.body["now"])
        phone.epoch = reply.body["epoch"]
        if signs:
            phone.register_key(line)
        return phone

    def ask_in(self, line: Line, username: str, password: str) -> Reply:
        """The next morning: the phone shows by its key that it is the one that was enrolled."""
        asked = {"username": username, "password": password, "name": "Điện thoại thử"}
        known: dict[str, Any] = {"device_id": str(self.device_id)}
        if self.key is not None:
            told = line.ask("POST", f"{API}/challenge", "", json.dumps(known).encode(), {}).body["challenge"]
            known |= {"challenge": told, "signature": signed(self.key, sign_in_text(self.device_id, told))}
        return line.ask("POST", f"{API}/sign-in", "", json.dumps(asked | known).encode(), {})

    @classmethod
    def with_key(cls, device_id: UUID, *rest: Any, **own: Any) -> Phone:
        """One that signs what it writes, with the key that `make_device` registers."""
        own["key"] = key_of_phone(device_id)
        return cls(device_id, *rest, **own)

    def register_key(self, line: Line) -> Reply:
        """Make a key, if there is none, and tell the office its public half: what is written from here on is signed."""
        if self.key is None:
            self.key, self.signed_from = key_of_phone(self.device_id), self.seq + 1
        public, first = spki(self.key), self.signed_from
        proof = signed(self.key, enrolment_text(self.device_id, public, first))
        asked = {"public_key": public, "signed_from_seq": first, "signature": proof}
        return line.ask("POST", f"{API}/key", self.upload_token, json.dumps(asked).encode(), {})

    def now(self) -> datetime:
        return self.clock() + self.skew

    def measure(self, server_now: str, asked_at: datetime | None = None) -> None:
        """A contact tells the offset that legal intervals will be corrected with: the answer was made half-way."""
        now = self.now()
        middle = now if asked_at is None else asked_at + (now - asked_at) / 2
        self.offset_ms = round((datetime.fromisoformat(server_now) - middle).total_seconds() * 1000)

    def record(
        self,
        kind: OperationKind,
        payload: Mapping[str, Any],
        errand: tuple[UUID, int] | None = None,
        files: Sequence[tuple[FileKind, bytes]] = (),
    ) -> Written:
        """Write an act down at the door: chained, sealed, in the queue. `errand`: its id and the revision seen."""
        said = {"salt": self.random.randbytes(16).hex(), "fix": None, **payload}
        kept = [(kind_of_file, self._keep(plain)) for kind_of_file, plain in files]
        if kind in WITH_FILES:
            said.setdefault("files", [{"kind": of.value, "sha256": sha256} for of, sha256 in kept])
        header = self._header(kind, said, errand, tuple(sorted({sha256 for _, sha256 in kept})))
        wire = _wire(header, seal(self.point, f"op:{header.op_id}", canonical_json(said)))
        if self.key is not None:
            wire["signature"] = signed(self.key, header.canonical())
        one = Written(header, said, wire)
        self.seq, self.head = header.seq, header.hash()
        self.queue.append(one)
        self.written.append(one)
        return one

    def _header(
        self, kind: OperationKind, said: Mapping[str, Any], errand: tuple[UUID, int] | None, files: tuple[str, ...]
    ) -> Header:
        return Header(
            op_id=self._uuid7(),
            device_id=self.device_id,
            seq=self.seq + 1,
            kind=kind,
            errand_id=errand[0] if errand else None,
            revision_seen=errand[1] if errand else None,
            occurred_at=iso(self.now()),
            offset_ms=self.offset_ms,
            commitment=hashlib.sha256(canonical_json(said)).hexdigest(),
            files=files,
            previous=self.head,
        )

    def _keep(self, plain: bytes) -> str:
        sha256 = hashlib.sha256(plain).hexdigest()
        if sha256 not in self.files:
            self.files[sha256] = KeptFile(sha256, plain, seal(self.point, f"file:{sha256}", plain))
        return sha256

    def _uuid7(self) -> UUID:
        milliseconds = int(self.now().timestamp() * 1000)
        low = self.random.getrandbits(74)
        bits = milliseconds << 80 | 7 << 76 | (low >> 62) << 64 | 2 << 62 | low & ((1 << 62) - 1)
        return UUID(int=bits)

    def batch(self, operations: Sequence[Written]) -> bytes:
        """The body of `POST /ops`."""
        return json.dumps(
            {
                "sent_at": iso(self.now()),
                "waiting": len(self.queue),
                "waiting_files": len(self.unsent_files()),
                "ops": [operation.wire for operation in operations],
            }
        ).encode()

    def send(self, line: Line, operations: Sequence[Written] | None = None) -> dict[str, Any]:
        """One batch there and back, the oldest fifty unless told which."""
        chosen, asked_at = self.queue[:A_BATCH] if operations is None else operations, self.now()
        reply = line.ask("POST", f"{API}/ops", self.upload_token, self.batch(chosen), {})
        if reply.status >= HTTP_SERVER_FAULT:  # the database is away: as good as no answer
            raise LineDropped(str(reply.status))
        assert reply.status == 200, reply
        self.acknowledge(reply.body, asked_at)
        return reply.body

    def acknowledge(self, body: Mapping[str, Any], asked_at: datetime) -> None:
        """What the server has, the phone may let go; what it refuses goes to the quarantine."""
        self.measure(body["now"], asked_at)
        self.hear(body["epoch"])
        self.revoked = self.revoked or body["revoked"]
        answers = {answer["op_id"]: answer for answer in body["answers"]}
        for op_id, answer in answers.items():
            self.answers.setdefault(op_id, answer.get("stored") or answer)
        self.rejected += [one for one in self.queue if answers.get(one.op_id, {}).get("result") == "rejected"]
        self.queue = [one for one in self.queue if one.op_id not in answers]

    def hear(self, epoch: str) -> None:
        """A restored database has forgotten what it was told: all of it goes again, as the real one keeps it for a week."""
        if self.epoch and epoch != self.epoch:
            waiting = {one.op_id for one in self.queue}
            again = [one for one in self.written if one.op_id not in waiting]
            self.queue = sorted([*self.queue, *again], key=lambda one: one.header.seq)
            for kept in self.files.values():
                kept.sent, kept.whole = 0, False
        self.epoch = epoch

    def ask_status(self, line: Line) -> None:
        """A contact with nothing to send."""
        self.hear(line.ask("GET", f"{API}/status", self.upload_token, b"", {}).body["epoch"])

    def sign_in_again(self, line: Line, username: str, password: str) -> None:
        """The same phone: it keeps its queue, its chain, its key and, unless the server gives it another, its id."""
        reply = self.ask_in(line, username, password)
        assert reply.status == 201, reply
        assert reply.body["device_id"] == str(self.device_id)
        self.upload_token, self.access_token = reply.body["upload_token"], reply.body["access_token"]
        if self.key is not None:
            self.register_key(line)

    def unsent_files(self) -> list[KeptFile]:
        """Smallest first."""
        waiting = (kept for kept in self.files.values() if not kept.whole)
        return sorted(waiting, key=lambda kept: (len(kept.box), kept.sha256))

    def send_part(self, line: Line, kept: KeptFile) -> Reply:
        """The next part of a file; the server's own count wins when it disagrees."""
        part = kept.box[kept.sent : kept.sent + PART]
        place = f"bytes {kept.sent}-{kept.sent + len(part) - 1}/{len(kept.box)}"
        headers = {"Content-Range": place, "Content-Type": "application/octet-stream"}
        reply = line.ask("PUT", f"{API}/files/{kept.sha256}", self.upload_token, part, headers)
        if reply.status >= HTTP_SERVER_FAULT:
            raise LineDropped(str(reply.status))
        kept.sent = int(reply.body.get("received", kept.sent))
        kept.whole = reply.body.get("state") in {"whole", "stored"}
        return reply

    def sync(self, line: Line) -> None:
        """Send all there is; a dropped line ends it, and a later call goes on from there."""
        while self.queue:
            self.send(line)
        for kept in self.unsent_files():
            while not kept.whole:
                reply = self.send_part(line, kept)
                assert reply.status in {200, 201, 409}, reply


def _wire(header: Header, box: bytes) -> dict[str, Any]:
    return {
        "op_id": str(header.op_id),
        "seq": header.seq,
        "kind": header.kind.value,
        "errand_id": str(header.errand_id) if header.errand_id else None,
        "revision_seen": header.revision_seen,
        "occurred_at": header.occurred_at,
        "offset_ms": header.offset_ms,
        "commitment": header.commitment,
        "files": list(header.files),
        "previous": header.previous,
        "hash": header.hash(),
        "sealed": base64.b64encode(box).decode(),
    }


def iso(moment: datetime) -> str:
    """As JavaScript writes it: UTC, milliseconds, Z."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
