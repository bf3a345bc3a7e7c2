"""Places: which unit an address lies in. Nothing is read before the first question, and nothing leaves the machine."""

from integrations.geocoding.door import door_words
from integrations.geocoding.gazetteer import Gazetteer, geocoder, locate, metres_between, near
from integrations.geocoding.resolve import Candidate, Resolution, resolve
from integrations.geocoding.units import AdminUnit, FormerAdminUnit, former_units, units

__all__ = [
    "AdminUnit",
    "Candidate",
    "FormerAdminUnit",
    "Gazetteer",
    "Resolution",
    "door_words",
    "former_units",
    "geocoder",
    "locate",
    "metres_between",
    "near",
    "resolve",
    "units",
]
