"""Times and distances on real roads, from an OSRM server of the operator's."""

from integrations.travel_times.osrm import UNREACHABLE, Osrm
from integrations.travel_times.osrm_programs import OsrmPrograms, RoadsNotPrepared
from integrations.travel_times.road_layer import ExtractUnreadable, road_layers

__all__ = ["UNREACHABLE", "ExtractUnreadable", "Osrm", "OsrmPrograms", "RoadsNotPrepared", "road_layers"]
