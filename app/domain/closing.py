"""What keeps a place of work open: each kind names who has to end it, and no place is closed over it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unfinished(StrEnum):
    PAPERS = "papers"  # envelopes that lie here
    ON_THE_ROAD = "on_the_road"  # sealed envelopes on their way to this desk
    ORDERS = "orders"  # a carrier's, to this desk or from it
    BAGS = "bags"  # on their way here or from here
    VISITS = "visits"  # still to be made by this office
    PLANS = "plans"  # published, of today or later
    CASH = "cash"  # handed in here and not passed on, or in the hands of its couriers
    PEOPLE = "people"  # accounts that work here
    ROUNDS = "rounds"  # vans that call here
    TRANSFERS = "transfers"  # dossiers between this desk and another
    KEYS = "keys"  # programs that speak for this desk
    DOSSIERS = "dossiers"  # which need a desk that takes over


@dataclass(frozen=True, slots=True)
class StillOpen:
    """One thing that stands in the way, and how many of it (of cash: đồng)."""

    what: Unfinished
    count: int
