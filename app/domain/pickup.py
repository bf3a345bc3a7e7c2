"""Which visits a dossier told by an agency's software calls for (docs/domain.md §4, docs/decisions/originals-due.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.dossier import FINAL, DossierState
from app.domain.errand import ErrandKind
from app.domain.errors import DomainError

ONLINE: Final = "2"  # KenhThucHien: 1 in person, 2 online, 3 by post
BY_POST: Final = "1"  # HinhThuc: 0 in person, 1 by post
COLLECT_IN: Final = frozenset({DossierState.REGISTERED, DossierState.PAPERS_WANTED})


class PickupWish(StrEnum):
    """What the citizen asked the agency for."""

    COLLECT = "collect"
    DELIVER = "deliver"
    COLLECT_AND_DELIVER = "collect_and_deliver"


VISITS: Final[Mapping[PickupWish, tuple[ErrandKind, ...]]] = {
    PickupWish.COLLECT: (ErrandKind.COLLECT,),
    PickupWish.DELIVER: (ErrandKind.DELIVER,),
    PickupWish.COLLECT_AND_DELIVER: (ErrandKind.COLLECT, ErrandKind.DELIVER),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rule looks at: codes as in docs/domain.md §4; `originals_due`: some original has not reached the desk yet."""

    state: int
    channel: str
    return_form: str
    originals_due: bool
    has_door: bool


def check_wish(wish: PickupWish, state: int) -> None:
    """Raise `pickup_not_now` (field `wish`) for papers to be fetched outside states 1 and 5, or a result of a closed dossier."""
    wanted = VISITS[wish]
    late = ErrandKind.COLLECT in wanted and state not in COLLECT_IN
    if late or state in FINAL:
        raise DomainError("pickup_not_now", field="wish", state=state)


def by_itself(dossier: Standing) -> tuple[ErrandKind, ...]:
    """The visits nobody had to ask for: an online dossier whose originals are due and whose result goes home by post.

    Papers are fetched while the dossier may still be supplemented; later they change hands when the result is brought
    (the delivery's `papers_due`). Nothing else is decided for the citizen.
    """
    if not (
        dossier.channel == ONLINE and dossier.return_form == BY_POST and dossier.originals_due and dossier.has_door
    ):
        return ()
    if dossier.state in COLLECT_IN:
        return (ErrandKind.COLLECT, ErrandKind.DELIVER)
    return () if dossier.state in FINAL else (ErrandKind.DELIVER,)
