"""From a typed address to the units it may mean. A wrong commune sends a courier the wrong way, so nothing is guessed.

An address in today's two-level form and one in the old three-level form look alike, and a typo in an old name can spell
another one: `certain` is true only when a name is spelled as it is and everything else is clearly behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

from vn_text import fold

from integrations.geocoding.address import AddressPart, Level, parts_of
from integrations.geocoding.names import (
    TYPO_CEILING,
    Match,
    Name,
    district_codes,
    joined,
    matches,
    names,
    old_districts_of_units,
)
from integrations.geocoding.telex import untelexed
from integrations.geocoding.units import names_elsewhere, other_provinces

Via = Literal["name", "former_name", "district", "point"]

CERTAIN_FROM: Final = 92.0
CERTAIN_AHEAD_BY: Final = 10.0
WORTH_SHOWING: Final = 45.0
LONGEST_NAME: Final = 4  # words
MOST_CANDIDATES: Final = 8
OURS: Final = {"gialai": 2, "binhdinh": 2}  # keys and their words

# what each doubt costs, out of 100
KIND_UNSAID: Final = 3.0
KIND_DIFFERS: Final = 7.0
BELOW_COMMUNE: Final = 25.0
WORDS_LEFT_OVER: Final = 10.0
FURTHER_LEFT: Final = 6.0
FORMER_WITHOUT_DISTRICT: Final = 4.0
MERGED_PROVINCE_SAID: Final = 8.0
ALSO_A_DISTRICT: Final = 15.0
OTHER_DISTRICT: Final = 30.0
PERHAPS_OTHER_DISTRICT: Final = 20.0
ONLY_A_DISTRICT: Final = 60.0
ELSEWHERE_TOO: Final = 12.0  # a commune of another province is called so, and nothing says which


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit an address may lie in: score 0 to 100, how it was found, and the name that matched (to show a person)."""

    unit_code: str
    score: float
    via: Via
    matched: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """Candidates, best first, at most one a unit. Not `certain`: let a person choose."""

    candidates: tuple[Candidate, ...]
    certain: bool

    @property
    def unit_code(self) -> str | None:
        """The unit, if it is certain."""
        return self.candidates[0].unit_code if self.certain else None


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the parts say: parts that may be the commune, one that may be commune or old district, and the rest."""

    communes: tuple[AddressPart, ...]
    perhaps_district: AddressPart | None
    district_codes: frozenset[str]
    certain_district: bool
    province: str | None


def resolve(text: str) -> Resolution:
    """Return the units an address may lie in; an address in another province or without any known name has none."""
    as_typed, put_together = _resolve(text), [_resolve(keys) for keys in untelexed(text)]
    return _of_all(as_typed, put_together) if put_together else as_typed


def _of_all(as_typed: Resolution, put_together: Sequence[Resolution]) -> Resolution:
    """Certain only where every reading of the keys that is certain means one unit, and the text as typed none other."""
    codes = {reading.unit_code for reading in put_together if reading.certain}
    agreed = len(codes) == 1 and (not as_typed.certain or as_typed.unit_code in codes)
    readings = sorted(put_together, key=lambda reading: not reading.certain)
    best: dict[str, Candidate] = {}
    for candidate in (candidate for reading in (*readings, as_typed) for candidate in reading.candidates):
        best.setdefault(candidate.unit_code, candidate)
    return Resolution(tuple(best.values())[:MOST_CANDIDATES], certain=agreed)


def _resolve(text: str) -> Resolution:
    parts = parts_of(text)
    reading = _read(parts)
    if reading is None:
        return Resolution((), certain=False)
    best: dict[str, Candidate] = {}
    for candidate in (*_by_name(reading), *_by_district(reading)):
        if candidate.score > best.get(candidate.unit_code, _NOTHING).score:
            best[candidate.unit_code] = candidate
    ranked = sorted(best.values(), key=lambda candidate: (-candidate.score, candidate.unit_code))
    return Resolution(tuple(ranked[:MOST_CANDIDATES]), certain=_is_certain(ranked) and not _province_alone(parts))


def _province_alone(parts: Sequence[AddressPart]) -> bool:
    """ "Bình Định" is a ward, too, but whoever writes nothing else may mean the old province."""
    return len(parts) == 1 and parts[0].level == "unsaid" and joined(parts[0].folded) in OURS


_NOTHING: Final = Candidate("", WORTH_SHOWING, "name", "")


def _is_certain(ranked: Sequence[Candidate]) -> bool:
    if not ranked or ranked[0].score < CERTAIN_FROM:
        return False
    return len(ranked) == 1 or ranked[0].score - ranked[1].score >= CERTAIN_AHEAD_BY


def _read(parts: Sequence[AddressPart]) -> _Reading | None:
    """Sort the parts; None when a province is named that is not ours."""
    parts, province = _without_province(parts)
    if province == "other":
        return None
    said = [part for part in parts if part.level == "district"]
    rest = [part for part in parts if part.level not in {"district", "province"}]
    if said:
        codes = frozenset[str]().union(*(_district_of(part) for part in said))
        return _Reading(tuple(rest), None, codes or frozenset({"unknown"}), certain_district=True, province=province)
    rest, perhaps = _split_off_district(rest)
    codes = district_codes(perhaps.folded, typos=False) if perhaps else frozenset()
    return _Reading(tuple(rest), perhaps, codes, certain_district=False, province=province)


def _without_province(parts: Sequence[AddressPart]) -> tuple[list[AddressPart], str | None]:
    kept = [part for part in parts if joined(part.folded) != "vietnam"]
    if not kept:
        return [], None
    said = [part for part in kept if part.level == "province"]
    if said:
        names_ours = [key for part in said for key, words in OURS.items() if joined(part.folded[:words]) == key]
        others = [part for part in kept if part.level != "province"]
        return (others, names_ours[-1]) if len(names_ours) == len(said) else (kept, "other")
    last = kept[-1]
    ours = next((key for key, words in OURS.items() if joined(last.folded[-words:]) == key), None)
    if ours is None:
        outside = last.level == "province" or (last.level in {"unsaid", "district"} and _is_elsewhere(last))
        return kept, "other" if outside else None
    left = _tail_cut(last, OURS[ours])
    if left.words:
        return [*kept[:-1], left], ours
    # "Phường Bình Định" is a ward, "…, Bình Định" the old province
    is_province = last.level == "province" or (last.level == "unsaid" and len(kept) > 1)
    return (kept[:-1], ours) if is_province else (kept, None)


def _tail_cut(part: AddressPart, words: int) -> AddressPart:
    return replace(part, words=part.words[:-words], folded=part.folded[:-words])


def _is_elsewhere(part: AddressPart) -> bool:
    return joined(part.folded) in _elsewhere()


@cache
def _keys_elsewhere() -> frozenset[tuple[str, str]]:
    return frozenset((kind, joined(fold(name).split())) for kind, name in names_elsewhere())


@cache
def _elsewhere() -> frozenset[str]:
    """Provinces that no commune of ours is called like: "Bình Dương" alone may be the commune in Phù Mỹ."""
    ours = {name.key for name in names()}
    return frozenset(key for key in (joined(fold(name).split()) for name in other_provinces()) if key not in ours)


def _district_of(part: AddressPart) -> frozenset[str]:
    return district_codes(part.folded, typos=False) or district_codes(part.folded, typos=True)


def _split_off_district(parts: Sequence[AddressPart]) -> tuple[list[AddressPart], AddressPart | None]:
    """Read the last words as an old district: "Ia Tô, Ia Grai"; not when they are said to be the commune."""
    if not parts:
        return [], None
    last = parts[-1]
    for length in range(min(LONGEST_NAME, len(last.folded)), 0, -1):
        left = _tail_cut(last, length)
        if district_codes(last.folded[-length:], typos=False) and (left.words or last.level == "unsaid"):
            tail = AddressPart("unsaid", last.words[-length:], last.folded[-length:])
            return [*parts[:-1], left] if left.words else [*parts[:-1]], tail
    return list(parts), None


def _by_name(reading: _Reading) -> Iterator[Candidate]:
    said = [part for part in reading.communes if part.level in {"commune", "ward", "township"}]
    for from_end, part in enumerate(reversed(said or reading.communes)):
        yield from _of_part(part, reading, doubt=0 if said else FURTHER_LEFT * from_end)
    if reading.perhaps_district and not said:
        yield from _of_part(reading.perhaps_district, reading, doubt=ALSO_A_DISTRICT)


def _of_part(part: AddressPart, reading: _Reading, *, doubt: float) -> Iterator[Candidate]:
    for match, left_over in _windows(part):
        doubts = doubt + _doubts(match.name, part.level, reading) + (WORDS_LEFT_OVER if left_over else 0)
        via: Via = "former_name" if match.name.former else "name"
        for smaller, code in enumerate(match.name.unit_codes):  # of a split commune the larger part comes first
            yield Candidate(code, round(match.score - doubts - smaller, 1), via, match.name.label)


def _windows(part: AddressPart) -> Iterator[tuple[Match, bool]]:
    """Match the part whole, then runs of its words, longest first; "Tam Quan" within "Tam Quan Bắc" is not meant.

    Typos are forgiven in the whole part and in the words right after "xã" or "phường".
    """
    covered: list[range] = []
    for start, end in _runs(len(part.words)):
        if any(start in span and end - 1 in span for span in covered):
            continue
        left_over = end - start < len(part.words)
        forgiving = not left_over or (start == 0 and part.level in {"commune", "ward", "township"})
        for match in matches(part.words[start:end], part.folded[start:end]):
            spelled = match.score > TYPO_CEILING
            if spelled:
                covered.append(range(start, end))
            if forgiving or spelled:
                yield match, left_over


def _runs(words: int) -> Iterator[tuple[int, int]]:
    for length in range(min(LONGEST_NAME, words), 0, -1):
        for start in range(words - length + 1):
            yield start, start + length


def _doubts(name: Name, level: Level, reading: _Reading) -> float:
    doubts = _kind_doubt(name, level) + _district_doubt(name, reading)
    if reading.province is None and not reading.district_codes and (name.kind, name.key) in _keys_elsewhere():
        doubts += ELSEWHERE_TOO
    if reading.province == "binhdinh" and name.former is None:
        doubts += MERGED_PROVINCE_SAID  # the old province's name comes with old communes' names
    if reading.province == "gialai" and name.former and name.former.province != "Gia Lai":
        doubts += MERGED_PROVINCE_SAID
    return doubts


def _kind_doubt(name: Name, level: Level) -> float:
    if level == "below":
        return BELOW_COMMUNE
    if level == "unsaid":
        return KIND_UNSAID
    return 0 if level == name.kind else KIND_DIFFERS


def _district_doubt(name: Name, reading: _Reading) -> float:
    if not reading.district_codes:
        return FORMER_WITHOUT_DISTRICT if name.former else 0
    if name.district_codes & reading.district_codes:
        return 0
    return OTHER_DISTRICT if reading.certain_district else PERHAPS_OTHER_DISTRICT


def _by_district(reading: _Reading) -> Iterator[Candidate]:
    """Offer the units of the old district when that is all an address says."""
    for code, districts in old_districts_of_units().items():
        if districts & reading.district_codes:
            yield Candidate(code, ONLY_A_DISTRICT - (0 if len(districts) == 1 else 1), "district", "")
