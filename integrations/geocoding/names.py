"""The names an address may hold: 135 of today, 373 of before, 28 old districts, each ready to be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final
from unicodedata import combining

from rapidfuzz import process
from rapidfuzz.distance import OSA
from vn_text import decompose, fold

from integrations.geocoding.units import AdminUnit, FormerAdminUnit, Kind, former_units, units

SHORT: Final = 4
"""Three letters with one wrong may be another word ("Gào", "Hra", "Uar"): they are offered, far behind."""
SHORTEST_FOR_TYPOS: Final = 2
LONG: Final = 7  # from here on two typos are forgiven
EXACT, TYPO_CEILING = 100.0, 90.0
OTHER_ACCENTS, OTHER_ACCENTS_SHORT = 93.0, 85.0
"""Typed with accents, but not these: "An Tàn" may be An Tân or a mistyped An Toàn."""
TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one place: `key` joined and folded; `district_codes` are the old districts it lay in."""

    key: str
    accented: str
    kind: Kind
    unit_codes: tuple[str, ...]
    district_codes: frozenset[str]
    label: str
    former: FormerAdminUnit | None


@dataclass(frozen=True, slots=True)
class Match:
    name: Name
    score: float


def joined(words: Iterable[str]) -> str:
    """Return words as one key in which spaces, hyphens and i/y make no difference: "Ia-Ly", "Ialy", "Ia Li"."""
    return "".join(words).replace("y", "i")


@cache
def names() -> tuple[Name, ...]:
    """Return every name a commune part of an address can mean."""
    districts = old_districts_of_units()
    today = (_of_today(unit, districts[unit.code]) for unit in units())
    before = (name for former in former_units() for name in _of_before(former))
    return (*today, *before)


@cache
def old_districts_of_units() -> Mapping[str, frozenset[str]]:
    """Return for each unit code the codes of the old districts its parts lay in."""
    found: dict[str, set[str]] = {unit.code: set() for unit in units()}
    for former in former_units():
        for code in former.unit_codes:
            found[code].add(former.district_code)
    return {code: frozenset(codes) for code, codes in found.items()}


@cache
def districts() -> Mapping[str, tuple[str, ...]]:
    """Return key → codes of the old districts, without "huyện", "thị xã", "thành phố"."""
    found: dict[str, str] = {}
    for former in former_units():
        words = fold(former.district).split()
        bare = words[1:] if words[0] == "huyen" else words[2:]
        found[joined(bare)] = former.district_code
    return {key: (code,) for key, code in found.items()}


def matches(words: Sequence[str], folded: Sequence[str]) -> list[Match]:
    """Return the names that these words, taken whole, may mean, typos included."""
    key = joined(folded)
    typed = _accented("".join(words)) if joined(words) != key else None
    hits = process.extract(key, _keys(), scorer=OSA.distance, score_cutoff=_typos_allowed(key), limit=None)
    return [
        Match(names()[index], _score(names()[index], typed, int(distance)))
        for _, distance, index in hits
        if distance <= _typos_allowed(names()[index].key)
    ]


def district_codes(folded: Sequence[str], *, typos: bool) -> frozenset[str]:
    """Return the old districts these words, taken whole, may mean."""
    key = joined(folded)
    if not typos:
        return frozenset(districts().get(key, ()))
    hits = process.extract(key, list(districts()), scorer=OSA.distance, score_cutoff=_typos_allowed(key), limit=None)
    nearest = min((distance for _, distance, _ in hits), default=0)
    return frozenset(code for name, distance, _ in hits if distance == nearest for code in districts()[name])


def _score(name: Name, typed: str | None, distance: int) -> float:
    """Score a name; `typed` is None when no accents were typed, so that none can be wrong."""
    if distance:
        return min(TYPO_CEILING, 100.0 * (1 - distance / len(name.key)))
    if typed is None or typed == name.accented:
        return EXACT
    return OTHER_ACCENTS if len(name.key) >= SHORT else OTHER_ACCENTS_SHORT


def _typos_allowed(key: str) -> int:
    if len(key) < SHORTEST_FOR_TYPOS:
        return 0
    return 2 if len(key) >= LONG else 1


@cache
def _keys() -> tuple[str, ...]:
    return tuple(name.key for name in names())


def _of_today(unit: AdminUnit, codes: frozenset[str]) -> Name:
    return Name(
        key=joined(fold(unit.short_name).split()),
        accented=_accented(unit.short_name),
        kind=unit.kind,
        unit_codes=(unit.code,),
        district_codes=codes,
        label=unit.name,
        former=None,
    )


def _of_before(former: FormerAdminUnit) -> Iterable[Name]:
    spellings = {joined(fold(former.short_name).split()): _accented(former.short_name)}
    for alias in former.aliases:  # folded and joined already; those with a kind in front repeat the others
        if not alias.startswith(("xa", "phuong", "thitran", "tt")):
            spellings.setdefault(joined([alias]), alias)
    for key, accented in spellings.items():
        yield Name(
            key=key,
            accented=accented,
            kind=former.kind,
            unit_codes=former.unit_codes,
            district_codes=frozenset({former.district_code}),
            label=f"{former.name}, {former.district}",
            former=former,
        )


def _accented(name: str) -> str:
    """Return letters with their tones moved to the end: "Hoà" and "Hòa" are two spellings of one word."""
    letters = [letter for letter in decompose(name).lower() if letter.isalnum() or combining(letter)]
    return "".join([letter for letter in letters if letter not in TONES] + [tone for tone in letters if tone in TONES])
