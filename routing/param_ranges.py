"""What a parameter of the search may be: units and ranges, by the types of its fields."""

from dataclasses import fields
from functools import cache
from typing import Annotated, Any, get_type_hints

Share = Annotated[float, "part", (0, 1)]
Seconds = Annotated[float, "s", (0, 86_400)]
WholeSeconds = Annotated[int, "s", (0, 86_400)]
PerStop = Annotated[float, "s a stop", (1e-6, 60)]
Stops = Annotated[int, "stops", (1, 1_000_000)]
SeveralStops = Annotated[tuple[int, ...], "stops", (1, 1_000_000)]
Count = Annotated[int, "", (1, 1_000_000)]
Iterations = Annotated[int, "iterations", (0, 1_000_000)]
Work = Annotated[float, "CP-SAT's work", (0, 86_400)]
Temperature = Annotated[float, "mean ways", (1e-6, 1_000)]
Dong = Annotated[int, "đồng", (0, 1_000_000)]
Metres = Annotated[int, "m", (0, 10_000_000)]


class OutOfRange(ValueError):
    """A value that a parameter cannot have; the message names the field and says what it may be."""


class CheckedParams:
    """Refuses values out of the range that a field's type names; both ends belong to it."""

    __slots__ = ()

    def __post_init__(self) -> None:
        group: Any = type(self)  # a class is hashable, whatever its instances are
        for name, (_, least, most) in limits(group).items():
            value = getattr(self, name)
            values = value if isinstance(value, tuple) else (value,)
            if not values or not all(least <= one <= most for one in values):
                told = f"from {least:,} to {most:,}"
                raise OutOfRange(f"{name} must be {told}{', each' if isinstance(value, tuple) else ''}, not {value!r}")


@cache
def limits(group: Any) -> dict[str, tuple[str, float, float]]:
    """Return (unit, least, most) of each number of a group of parameters, by its name."""
    hints = get_type_hints(group, include_extras=True)
    annotated = {field.name: hints[field.name].__metadata__ for field in fields(group)}
    return {name: (unit, *bounds) for name, (unit, bounds) in annotated.items()}
