"""Times and distances on real roads, from an OSRM server of the operator's."""

from integrations.travel_times.osrm import UNREACHABLE, Osrm

__all__ = ["UNREACHABLE", "Osrm"]
