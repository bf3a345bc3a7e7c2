"""Times and distances on real roads, from an OSRM server of the operator's."""

from integrations.travel_times.osrm import UNREACHABLE, Osrm
from integrations.travel_times.osrm_programs import OsrmPrograms, RoadsNotPrepared

__all__ = ["UNREACHABLE", "Osrm", "OsrmPrograms", "RoadsNotPrepared"]
