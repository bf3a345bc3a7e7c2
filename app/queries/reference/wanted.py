"""From a person's own words to procedures: spoken words and life events, unaccented or mistyped, what is wanted most first.

The words are data (`spoken_words.csv`, reviewed by reading); every procedure is found by its published name, too.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log
from typing import Final, Protocol, TypeVar

from rapidfuzz.distance import OSA
from vn_text import fold

ELSEWHERE: Final = "elsewhere:"
LAST: Final = 99  # a procedure that the file of words doesn't know
ENOUGH: Final = 0.6  # of what was typed has to be found
SHORTEST_FOR_TYPOS: Final = 5
NEARLY: Final = 0.85  # of a whole phrase, blanks apart: "kai sinh"
WRONG: Final = 0.8  # what a mistyped word counts
AS_TYPED: Final = 0.15  # "mất" is not "mặt": for accents that are right
WHOLE: Final = 0.3  # for a phrase of which nothing is left over
FILLERS: Final = frozenset(
    {
        *(
            "toi",
            "minh",
            "em",
            "chau",
            "con",
            "xin",
            "muon",
            "can",
            "lam",
            "cho",
            "cua",
            "va",
            "di",
            "de",
            "o",
            "tai",
            "thi",
        ),
        *(
            "la",
            "duoc",
            "nhu",
            "the",
            "nao",
            "gi",
            "sao",
            "thu",
            "tuc",
            "ho",
            "so",
            "giai",
            "to",
            "cach",
            "hoi",
            "ve",
            "giup",
        ),
        *("dang", "ki", "cap", "a", "ah", "nha", "ong", "ba", "co", "bi", "voi", "phai"),
    }
)
"""Said around what is meant. They count a tenth, for "làm nhà" and "giấy tờ đất" need them."""
FILLER: Final = 0.1


class SearchedProcedure(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def results(self) -> Sequence[str]: ...


Row = TypeVar("Row", bound=SearchedProcedure)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to say it: words as they are spelled, and folded."""

    spelled: tuple[str, ...]
    folded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    rank: int
    phrases: tuple[Phrase, ...]


def phrase(text: str) -> Phrase:
    kept = [
        (word, fold(word).lower().replace("y", "i"))
        for word in text.lower().replace("/", " ").replace(",", " ").split()
    ]
    return Phrase(tuple(word for word, _ in kept), tuple(bare for _, bare in kept))


@cache
def spoken() -> Mapping[str, Spoken]:
    """The file of words, by procedure code or `elsewhere:` key."""
    text = (files("app.queries.reference") / "spoken_words.csv").read_text("utf-8")
    return {
        row["code"]: Spoken(int(row["rank"]), tuple(map(phrase, row["words"].split("|"))))
        for row in csv.DictReader(text.splitlines())
    }


def rank_of(code: str) -> int:
    """How early it is shown where nothing was typed."""
    return spoken()[code].rank if code in spoken() else LAST


def wanted(rows: Iterable[Row], words: str) -> list[Row]:
    """The procedures that somebody may mean, likeliest first; all of them, most wanted first, where nothing was typed."""
    ordered = sorted(rows, key=lambda row: (rank_of(row.code), row.field, row.name, row.code))
    typed = phrase(words)
    if not typed.folded:
        return ordered
    scored = [(_best(typed, _phrases(row)), row) for row in ordered]
    return [row for score, row in sorted(scored, key=lambda pair: -pair[0]) if score >= ENOUGH]


def elsewhere(words: str, better_than: float = 0.0) -> str:
    """The key of what the post has no part in, where the words mean that rather than a procedure; else nothing."""
    typed = phrase(words)
    scored = [
        (_best(typed, one.phrases), key.removeprefix(ELSEWHERE))
        for key, one in spoken().items()
        if key.startswith(ELSEWHERE) and typed.folded
    ]
    score, key = max(scored, default=(0.0, ""))
    return key if score >= ENOUGH and score > better_than else ""


def likeliest(rows: Iterable[SearchedProcedure], words: str) -> float:
    """How well the best procedure answers the words."""
    typed = phrase(words)
    return max((_best(typed, _phrases(row)) for row in rows), default=0.0) if typed.folded else 0.0


def _phrases(row: SearchedProcedure) -> tuple[Phrase, ...]:
    return (*_of_row(row.name, row.field, row.code, tuple(row.results)), *_said(row.code))


def _said(code: str) -> tuple[Phrase, ...]:
    return spoken()[code].phrases if code in spoken() else ()


@cache
def _of_row(name: str, field: str, code: str, results: tuple[str, ...]) -> tuple[Phrase, ...]:
    return tuple(map(phrase, (name, code, f"{name} {field}", *results)))


def _best(typed: Phrase, phrases: Iterable[Phrase]) -> float:
    return max((_score(typed, one) for one in phrases), default=0.0)


def _score(typed: Phrase, said: Phrase) -> float:
    """How much of what was typed is in the phrase, and a little for how much of the phrase was typed."""
    typed_whole, said_whole = "".join(typed.folded), "".join(said.folded)
    if typed_whole == said_whole:
        return 1 + WHOLE + AS_TYPED * (typed.spelled == said.spelled)
    alike = OSA.normalized_similarity(typed_whole, said_whole, score_cutoff=NEARLY)
    return max(alike, _by_word(typed, said))


def _by_word(typed: Phrase, said: Phrase) -> float:
    found, right, used = 0.0, 0.0, Counter[int]()
    whole = sum(map(_weight, typed.folded))
    for spelled, bare in zip(typed.spelled, typed.folded, strict=True):
        alike, place = _alike(bare, said.folded)
        found += alike * _weight(bare)
        if alike:
            used[place] += 1
            right += _weight(bare) * (said.spelled[place] == spelled)
    covered = sum(_weight(said.folded[place]) for place in used) / sum(map(_weight, said.folded))
    return found / whole + WHOLE * covered * (found / whole) + AS_TYPED * right / whole * covered


def _alike(word: str, words: Sequence[str]) -> tuple[float, int]:
    if word in words:
        return 1.0, words.index(word)
    if len(word) < SHORTEST_FOR_TYPOS:
        return 0.0, 0
    for place, other in enumerate(words):
        if len(other) >= SHORTEST_FOR_TYPOS and OSA.distance(word, other) == 1:
            return WRONG, place
    return 0.0, 0


@cache
def _weight(word: str) -> float:
    """Rare words say more than common ones."""
    if word in FILLERS:
        return FILLER
    return 1 / log(2.7 + _common()[word])


@cache
def _common() -> Counter[str]:
    return Counter(word for one in spoken().values() for said in one.phrases for word in set(said.folded))
