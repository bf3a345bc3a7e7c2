"""An invitation to sign, as a counter's page makes one, and a phone that answers it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.countersigning import SigningAct, countersign_text
from app.domain.custody import Holder
from app.models import Device, SigningInvitation
from app.services.desks.countersigning import Asked, answer_by_phone, invite
from app.unit_of_work import UnitOfWork
from tests.factories.counter import number
from tests.factories.times import NOW
from tests.factories.world import World
from tests.fakes.phone import key_of_phone, signed


def make_invitation(session: Session, world: World, **given: Any) -> SigningInvitation:
    """Of the counter, to the courier of its office."""
    name = f"{number():016x}"
    defaults: Mapping[str, Any] = {
        "id": name,
        "act": SigningAct.HAND_OVER,
        "holder": Holder.OFFICE_SAFE,
        "holder_id": str(world.office.id),
        "other_holder": Holder.COURIER,
        "other_id": str(world.courier.id),
        "said": {"id": name, "act": "hand_over", "way": "in", "n": 1, "codes": [], "heads": "0" * 64},
        "form": {"codes": [], "out": False, "keep_unknown": False, "operation": name},
        "asked_by": f"staff:{world.counter.id}",
        "asked_at": NOW,
        "expires_at": NOW + timedelta(minutes=10),
    }
    invitation = SigningInvitation(**{**defaults, **given})
    session.add(invitation)
    session.flush()
    return invitation


def by_phone(work: UnitOfWork, phone: Device, asked: Asked) -> None:
    """The other side's phone signs what the screen says, with its own key."""
    invitation = invite(work, asked)
    signature = signed(key_of_phone(phone.id), countersign_text(invitation.said, phone.id))
    answer_by_phone(work, phone.id, invitation.id, base64.b64decode(signature), asked.now)
