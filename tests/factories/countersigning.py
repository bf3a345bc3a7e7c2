"""An invitation to sign, as a counter's page makes one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.countersigning import SigningAct
from app.domain.custody import Holder
from app.models import SigningInvitation
from tests.factories.counter import number
from tests.factories.times import NOW
from tests.factories.world import World


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
