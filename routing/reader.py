"""Read decoded JSON with a table of keys per object: every fault is found with its path, no key is dropped silently."""

from collections.abc import Callable, Mapping
from typing import Any

from routing.decode import Repeated
from routing.problem import ALWAYS, Point, Window
from routing.validate import Invalid, ProblemFault

Check = Callable[["JsonReader", Any, str], Any]
Keys = Mapping[str, tuple[str, Check]]
REFUSED = {
    "shipments": "shipments are not supported: give jobs with delivery and pickup",
    "matrix": "is VROOM's old form: use matrices.<profile>.durations",
    "amount": "is VROOM's old form: use delivery or pickup",
    "geometry": "is not supported: routes are given by their steps",
}
LARGEST = 2**53
"""No whole number is larger: beyond, JSON readers of other languages lose digits."""
MOST_FAULTS = 10_000
"""Faults after which reading stops: a file of nothing else would fill the memory with them."""
LONGEST_KEY = 60
"""Characters of a key that a path repeats."""


class JsonReader:
    """Collects faults while it reads; a faulty value reads as nothing."""

    def __init__(self) -> None:
        self.faults: list[ProblemFault] = []

    def fault(self, code: str, path: str, message: str) -> None:
        """Note a fault; raise ``Invalid`` when there are too many."""
        self.faults.append(ProblemFault(code, printable(path) or "document", message))
        if len(self.faults) >= MOST_FAULTS:
            raise Invalid(self.faults)

    def members(self, document: Any, path: str, message: str = "must be an object") -> dict[str, Any]:
        """Return the members of an object; anything else, and a key given twice, is a fault."""
        if not isinstance(document, dict):
            self.fault("type", path, message)
            return {}
        if isinstance(document, Repeated):
            for key in document.keys_again:
                self.fault("duplicate_key", under(path, key), "is given twice: keep one")
        return document

    def fields(self, document: Any, path: str, keys: Keys) -> dict[str, Any]:
        """Return the fields of an object by our names; unknown and refused keys are faults."""
        fields = {}
        for key, value in self.members(document, path).items():
            where = under(path, key)
            if key in keys:
                name, check = keys[key]
                read = check(self, value, where)
                if read is not None:
                    fields[name] = read
            else:
                self.fault("unsupported", where, REFUSED.get(key, "is not a key of this format"))
        return fields

    def items(self, document: Any, path: str, check: Check) -> tuple[Any, ...]:
        """Return the elements of an array."""
        if not isinstance(document, list):
            self.fault("type", path, "must be an array")
            return ()
        read = (check(self, value, f"{path}[{number}]") for number, value in enumerate(document))
        return tuple(value for value in read if value is not None)

    def built(self, kind: Callable[..., Any], document: Any, path: str, keys: Keys) -> Any:
        """Return an object with an id, or nothing when its id is missing."""
        before, fields = len(self.faults), self.fields(document, path, keys)
        if "id" not in fields:
            if len(self.faults) == before:
                self.fault("missing", under(path, "id"), "is required: a whole number")
            return None
        return kind(**fields)


def under(path: str, key: str) -> str:
    """Return the path of a member."""
    return f"{path}.{key[:LONGEST_KEY]}" if path else key[:LONGEST_KEY]


def printable(text: str) -> str:
    """Return a text that can be written as UTF-8: half a character (a lone surrogate) is escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


def integer(reader: JsonReader, value: Any, path: str) -> int | None:
    """Read a whole number within ±2^53."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
        reader.fault("type", path, f"must be a whole number{' (within ±2^53)' if isinstance(value, int) else ''}")
        return None
    return value


def number(reader: JsonReader, value: Any, path: str) -> float | None:
    """Read a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
        reader.fault("type", path, "must be a number")
        return None
    return float(value)


def text(reader: JsonReader, value: Any, path: str) -> str | None:
    """Read a text of whole characters."""
    if not isinstance(value, str) or printable(value) != value:
        reader.fault("type", path, "must be text")
        return None
    return value


def flag(reader: JsonReader, value: Any, path: str) -> bool | None:
    """Read true or false."""
    if not isinstance(value, bool):
        reader.fault("type", path, "must be true or false")
        return None
    return value


def point(reader: JsonReader, value: Any, path: str) -> Point | None:
    """Read ``[lon, lat]``."""
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004  longitude, latitude
        reader.fault("type", path, "must be [lon, lat]")
        return None
    lon, lat = number(reader, value[0], f"{path}[0]"), number(reader, value[1], f"{path}[1]")
    return None if lon is None or lat is None else (lon, lat)


def window(reader: JsonReader, value: Any, path: str) -> Window | None:
    """Read ``[from, to]``."""
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004  from, to
        reader.fault("type", path, "must be [from, to]")
        return None
    early, late = integer(reader, value[0], f"{path}[0]"), integer(reader, value[1], f"{path}[1]")
    return None if early is None or late is None else (early, late)


def windows(reader: JsonReader, value: Any, path: str) -> tuple[Window, ...]:
    """Read an array of windows; none at all is a fault, as in VROOM: leave the key out when the time is open."""
    if value == []:
        reader.fault("empty", path, "must hold at least one window: leave it out when the time is open")
    return reader.items(value, path, window) or ALWAYS


def integers(reader: JsonReader, value: Any, path: str) -> tuple[int, ...]:
    """Read an array of whole numbers."""
    return reader.items(value, path, integer)


def integer_set(reader: JsonReader, value: Any, path: str) -> frozenset[int]:
    """Read an array of whole numbers whose order means nothing."""
    return frozenset(reader.items(value, path, integer))


def per_type(reader: JsonReader, value: Any, path: str) -> dict[str, int]:
    """Read seconds by vehicle type."""
    members = reader.members(value, path, "must be an object of whole numbers by vehicle type")
    read = {text(reader, kind, under(path, kind)): integer(reader, s, under(path, kind)) for kind, s in members.items()}
    return {kind: seconds for kind, seconds in read.items() if kind is not None and seconds is not None}


def speeds(reader: JsonReader, value: Any, path: str) -> dict[str, float]:
    """Read km/h by profile."""
    members = reader.members(value, path, "must be an object of km/h by profile")
    read = {
        text(reader, key, under(path, key)): number(reader, speed, under(path, key)) for key, speed in members.items()
    }
    return {profile: speed for profile, speed in read.items() if profile is not None and speed is not None}


def list_of(check: Check) -> Check:
    """Return the check of an array of such values."""
    return lambda reader, value, path: reader.items(value, path, check)


def same(check: Check, *names: str) -> dict[str, tuple[str, Check]]:
    """Return entries of a table of keys that we call what VROOM calls them."""
    return {name: (name, check) for name in names}
