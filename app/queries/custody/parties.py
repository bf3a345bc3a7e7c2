"""The names of those who hold envelopes: couriers, offices, desks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party
from app.domain.wording import whole_number
from app.models import Courier, Desk, Office

NAMED: Final[dict[Holder, type[Courier | Office | Desk]]] = {
    Holder.COURIER: Courier,
    Holder.OFFICE_SAFE: Office,
    Holder.DESK: Desk,
}


def names_of(session: Session, parties: Iterable[Party]) -> dict[Party, str]:
    """One query a kind of holder; who has no name (the citizen, a bag) is left out."""
    asked, names = set(parties), dict[Party, str]()
    for holder, table in NAMED.items():
        ids = {whole_number(party.id or "") for party in asked if party.holder is holder} - {None}
        if ids:
            rows = session.execute(select(table.id, table.name).where(table.id.in_(ids)))
            names |= {Party(holder, str(number)): name for number, name in rows}
    return names
