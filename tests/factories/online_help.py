"""Appointments for help with filing online."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.domain.online_help import HalfDay, HelpState, ResultWay
from app.models import OnlineHelp
from tests.factories.counter import number
from tests.factories.times import DAY, NOW
from tests.factories.world import World


def make_online_help(session: Session, world: World, **given: Any) -> OnlineHelp:
    """Asked for the morning of DAY at the world's office."""
    defaults: dict[str, Any] = {
        "reference": f"HT-{number():06d}",
        "procedure": world.procedure,
        "office": world.office,
        "day": DAY,
        "half": HalfDay.MORNING,
        "result_by": ResultWay.POST,
        "state": HelpState.ASKED,
        "created_at": NOW,
    }
    row = OnlineHelp(**{**defaults, **given})
    session.add(row)
    session.flush()
    return row
