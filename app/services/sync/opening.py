"""Open one operation's box. Refused (`rejected`) is only what cannot be read; a fact never is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from app.config import Keys
from app.domain.acts import ActPayload, OperationReader
from app.domain.errors import DomainError
from app.domain.operation import Posted
from app.services.evidence.sealed import open_sealed


@dataclass(frozen=True, slots=True)
class Opened:
    """`said`, or why it cannot be read."""

    posted: Posted
    said: ActPayload | None
    fault: DomainError | None = None


def open_box(posted: Posted, reader: OperationReader, keys: Keys) -> Opened:
    try:
        return Opened(posted, _said(posted, reader, keys))
    except DomainError as fault:
        return Opened(posted, None, fault)


def _said(posted: Posted, reader: OperationReader, keys: Keys) -> ActPayload:
    header = posted.header
    if header.hash() != posted.hash:
        raise DomainError("hash_wrong", kind="invalid", field="hash")
    plain = open_sealed(keys, f"op:{header.op_id}", posted.sealed)
    if hashlib.sha256(plain).hexdigest() != header.commitment:
        raise DomainError("commitment_wrong", kind="invalid", field="commitment")
    said = reader.payload(header.kind, plain)
    if tuple(sorted({file.sha256 for file in said.files})) != header.files:
        raise DomainError("operation_malformed", kind="invalid", faults=[("files", "")])
    return said
