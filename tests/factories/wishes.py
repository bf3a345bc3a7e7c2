"""Commands as citizens give them."""

from __future__ import annotations

from typing import Any

from app.domain.commands import ApplicantGiven, BookVisit, DossierGiven, PlaceGiven
from app.domain.errand import RequestKind
from app.domain.identity import ApplicantKind, Channel, PhoneProof
from app.domain.wording import tidy
from tests.factories.counter import number
from tests.factories.times import NOW
from tests.factories.world import World


def wish(world: World, **given: Any) -> BookVisit:
    """Send the world's procedure and receive its result, tomorrow morning. `phone`, `place`, `procedure` are shortcuts."""
    procedure = given.pop("procedure", world.procedure)
    phone = given.pop("phone", f"0900{number():06d}")
    place = given.pop("place", {})
    defaults: dict[str, Any] = {
        "kind": RequestKind.SEND_AND_RECEIVE,
        "applicant": ApplicantGiven(ApplicantKind.PERSON, tidy("Nguyễn Văn Thử"), phone),
        "place": PlaceGiven(**{"unit_code": world.unit.code, "address": f"Làng Thử, nhà số {number()}", **place}),
        "dossiers": (DossierGiven(procedure.code),),
        "slot_id": world.slot.id,
        "channel": Channel.SMS,
        "language": "vi",
        "consent": True,
        "now": NOW,
        "by": "citizen:web",
        "phone_proof": PhoneProof.CODE,
    }
    return BookVisit(**{**defaults, **given})


def wish_for_result(world: World, code: str = "H21.65-260914-0011", **given: Any) -> BookVisit:
    """Receive a result only: the visit is arranged when it is ready."""
    dossiers = (DossierGiven(world.procedure.code, code=code),)
    return wish(world, **{"kind": RequestKind.RECEIVE, "slot_id": None, "dossiers": dossiers, **given})
