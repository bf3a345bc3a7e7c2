"""What a phone says, kind by kind: payloads without `salt` and `fix`, which the phone adds; and small real pictures."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from app.domain.custody import Party
from app.domain.operation import FileKind
from app.models import Dossier

PAPERS: Mapping[str, Mapping[str, Any]] = {
    "1": {"tick": "in_envelope", "form": "original", "count": 1},
    "3": {"tick": "in_envelope", "form": "certified", "count": 2},
}


def run_started(route_id: int) -> dict[str, Any]:
    return {"route_id": route_id}


def run_ended(route_id: int, bag: Sequence[str] = (), cash: int = 0) -> dict[str, Any]:
    return {"route_id": route_id, "bag": list(bag), "cash": cash}


def collected(dossier: Dossier, label: str, seal: str, **given: Any) -> dict[str, Any]:
    """All papers of the factory's procedure, sealed and signed."""
    return collected_by_id(
        str(dossier.id), f"{dossier.procedure.code}@{dossier.procedure.version}", label, seal, **given
    )


def collected_by_id(dossier_id: str, version: str, label: str, seal: str, **given: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "dossier_id": dossier_id,
        "procedure_version": version,
        "cases": ["self"],
        "papers": {line: dict(paper) for line, paper in PAPERS.items()},
        "in_part": False,
        "label": label,
        "seal": seal,
        "slips_signed": True,
        "thumbprint": False,
        "witness": None,
        "receipt": None,
    }
    return {**said, **given}


def delivered(parcels: Sequence[str], **given: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "receiver_name": "Trần Thị Thử",
        "receiver_relation": "self",
        "id_kind": "CCCD",
        "id_last4": "0000",
        "code": None,
        "seal_whole": True,
        "parcels": list(parcels),
        "scanned": True,
        "thumbprint": False,
        "witness": None,
        "receipt": None,
    }
    return {**said, **given}


def not_done(outcome: str = "WEATHER", evidence: Mapping[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    return {"outcome": outcome, "evidence": dict(evidence or {}), "consent": False, **given}


def handed_over(parcels: Sequence[str], giver: Party, taker: Party, note: str = "") -> dict[str, Any]:
    return {"parcels": list(parcels), "giver": _party(giver), "taker": _party(taker), "note": note}


def stop_added(code: str) -> dict[str, Any]:
    return {"code": code}


def reordered(route_id: int, stops: Sequence[int]) -> dict[str, Any]:
    return {"route_id": route_id, "stops": list(stops)}


def pin_corrected(place_id: str, lon_e6: int, lat_e6: int) -> dict[str, Any]:
    return {"place_id": place_id, "lon_e6": lon_e6, "lat_e6": lat_e6}


def called(whom: str = "applicant") -> dict[str, Any]:
    return {"whom": whom}


def incident(parcel: str, kind: str = "damaged", note: str = "Phong bì bị ướt.") -> dict[str, Any]:
    return {"incident": kind, "parcel": parcel, "note": note}


def amended(amends: str, why: str = "nghe nhầm", **changes: str) -> dict[str, Any]:
    return {"amends": amends, "why": why, "changes": changes}


def receipt(number: str, postage: int, state_fee: int = 0) -> dict[str, Any]:
    parts = [{"kind": "postage", "amount": postage}]
    return {"number": number, "parts": parts + ([{"kind": "state_fee", "amount": state_fee}] if state_fee else [])}


def _party(party: Party) -> dict[str, Any]:
    return {"holder": party.holder.value, "id": party.id}


def proof_of_collection(random: Random) -> list[tuple[FileKind, bytes]]:
    """The envelope and both signatures."""
    return [
        (FileKind.ENVELOPE, picture(random, 24)),
        (FileKind.CITIZEN_SIGNATURE, picture(random, 8)),
        (FileKind.COURIER_SIGNATURE, picture(random, 8)),
    ]


def proof_of_delivery(random: Random) -> list[tuple[FileKind, bytes]]:
    return [(FileKind.CITIZEN_SIGNATURE, picture(random, 8)), (FileKind.ENVELOPE, picture(random, 24))]


def picture(random: Random, side: int) -> bytes:
    """A real PNG of noise, `side` × `side` grey pixels: no two are alike, and none gets smaller by packing."""
    rows = b"".join(b"\0" + random.randbytes(side) for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
