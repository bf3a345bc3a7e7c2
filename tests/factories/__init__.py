"""Small builders of rows: `make_errand(session)` makes whatever else it needs. Overrides by keyword.

All take the session first, add and flush, and return the row. Everybody in them is obviously invented.
"""

from tests.factories.office import make_courier, make_desk, make_office, make_shape, make_shift, make_staff, make_unit
from tests.factories.procedure import make_outcomes, make_paper, make_procedure, make_tariff
from tests.factories.request import (
    make_applicant,
    make_dossier,
    make_errand,
    make_partner,
    make_place,
    make_request,
    make_slot,
)
from tests.factories.times import DAY, KEYS, NOW, TODAY
from tests.factories.wishes import wish, wish_for_result
from tests.factories.world import World, make_world, slot_on

__all__ = [
    "DAY",
    "KEYS",
    "NOW",
    "TODAY",
    "World",
    "make_applicant",
    "make_courier",
    "make_desk",
    "make_dossier",
    "make_errand",
    "make_office",
    "make_outcomes",
    "make_paper",
    "make_partner",
    "make_place",
    "make_procedure",
    "make_request",
    "make_shape",
    "make_shift",
    "make_slot",
    "make_staff",
    "make_tariff",
    "make_unit",
    "make_world",
    "slot_on",
    "wish",
    "wish_for_result",
]
