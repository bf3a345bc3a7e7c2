"""Home, procedures, booking, tracking, own requests."""

from app.web.citizens import (
    account,
    address,
    confirm,
    dossiers,
    home,
    keepsakes,
    missing_papers,
    notices,
    online_help,
    person,
    places,
    procedures,
    rebooking,
    receiver,
    telephone,
    tracking,
    visit_time,
)
from app.web.citizens.blueprint import bp

__all__ = [
    "account",
    "address",
    "bp",
    "confirm",
    "dossiers",
    "home",
    "keepsakes",
    "missing_papers",
    "notices",
    "online_help",
    "person",
    "places",
    "procedures",
    "rebooking",
    "receiver",
    "telephone",
    "tracking",
    "visit_time",
]
