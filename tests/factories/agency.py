"""What an agency's software sends, and the caller it is."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.domain.agency import Caller
from app.models import Desk
from tests.factories.counter import number
from tests.factories.request import make_partner
from tests.factories.times import NOW
from tests.factories.world import World


def dossier_told(world: World, **given: Any) -> dict[str, Any]:
    """`POST /api/v1/dossiers`: the world's procedure, handed in online, the citizen wishes both visits."""
    return {
        "code": f"H21.65-261128-{number():05d}",
        "procedure_code": world.procedure.code,
        "state": 1,
        "channel": "2",
        "return_form": "1",
        "received_at": "2026-11-28T09:00:00+07:00",
        "due_on": "2026-12-05",
        "applicant": {"name": "Nguyễn Văn Thử", "phone": "0900000123"},
        "place": {"unit_code": world.unit.code, "address": "Thôn 2"},
        "wish": "collect_and_deliver",
        "consent": True,
    } | given


def make_agency(session: Session, desk: Desk, key: str = "a key of an agency", **given: Any) -> Caller:
    """A key that speaks for the desk."""
    partner = make_partner(session, key, desk_id=desk.id, **given)
    return Caller(partner.id, desk.id, NOW, f"key-of-call-{number():06d}")
