"""Addresses as people type them, damaged in twenty ways, against where they truly lie: how often is a courier sent astray?

The truth of an address is the conversion of the units (vietnamadminunits); nothing here asks how the resolver reads.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unicodedata import normalize

from vn_text import decompose, fold

from integrations.geocoding import AdminUnit, FormerAdminUnit, former_units, resolve, units
from integrations.geocoding.units import names_elsewhere, other_provinces

ADDRESSES: Final = 20_000
SHORT_ADDRESSES: Final = 2_000
ANSWERS: Final = ("right", "asked", "absent", "refused", "silent")
RESULTS: Final = Path("var/bench.jsonl")
SEED: Final = 20_261_201
LETTERS: Final = "abcdeghiklmnopqrstuvxy"
TELEX: Final = {
    "\u0302": None,
    "\u0306": "w",
    "\u031b": "w",
    "\u0301": "s",
    "\u0300": "f",
    "\u0309": "r",
    "\u0303": "x",
    "\u0323": "j",
}
TONES: Final = "sfrxj"
HAMLETS: Final = (
    *("Thôn 3", "Làng Bi", "Tổ dân phố 5", "12 Lê Lợi", "Số 8 đường Hùng Vương"),
    *("Plei Ngol", "Khu phố 2", "Xóm Mới"),
)
AFTER: Final = (
    "VIỆT NAM",
    "Viet Nam",
    "61000",
    "600000",
    "sđt 0912345678",
    "ĐT: 0269 382 4123",
    "0912 345 678",
    "gọi trước khi đến",
)

Damage = Callable[[random.Random, "Said"], str]


@dataclass(frozen=True, slots=True)
class Said:
    """An address before it is damaged: kind and name of the commune, the old district, the province; where it may lie."""

    kind: str
    name: str
    district: str
    province: str
    truth: frozenset[str]

    @property
    def parts(self) -> list[str]:
        return [part for part in (f"{self.kind} {self.name}", self.district, f"tỉnh {self.province}") if part]


def whole(_dice: random.Random, said: Said) -> str:
    return ", ".join(said.parts)


def without_accents(_dice: random.Random, said: Said) -> str:
    return fold(whole(_dice, said))


def in_capitals(_dice: random.Random, said: Said) -> str:
    return whole(_dice, said).upper()


def decomposed(_dice: random.Random, said: Said) -> str:
    return normalize("NFD", whole(_dice, said))


def without_commas(dice: random.Random, said: Said) -> str:
    return whole(dice, said).replace(",", "")


def bare(dice: random.Random, said: Said) -> str:
    return fold(without_commas(dice, said))


def abbreviated(dice: random.Random, said: Said) -> str:
    text = whole(dice, said)
    for long, short in (
        ("Thị trấn", "TT."),
        ("Thị xã", "TX."),
        ("Thành phố", "TP."),
        ("Phường", "P."),
        ("Huyện", "H."),
        ("Xã", "X."),
    ):
        text = text.replace(long, short)
    return text


def without_district(_dice: random.Random, said: Said) -> str:
    return f"{said.kind} {said.name}, tỉnh {said.province}"


def without_province(_dice: random.Random, said: Said) -> str:
    return ", ".join(said.parts[:-1])


def with_hamlet(dice: random.Random, said: Said) -> str:
    return f"{dice.choice(HAMLETS)}, {whole(dice, said)}"


def with_hamlet_bare(dice: random.Random, said: Said) -> str:
    return fold(with_hamlet(dice, said))


def with_text_after(dice: random.Random, said: Said) -> str:
    return f"{whole(dice, said)}{dice.choice((', ', ' ', ' - '))}{dice.choice(AFTER)}"


def with_text_after_bare(dice: random.Random, said: Said) -> str:
    return fold(with_text_after(dice, said)).replace(",", "")


def turned_round(dice: random.Random, said: Said) -> str:
    return ", ".join(reversed(said.parts[:-1])) + f", {said.province}" + dice.choice(("", ", Việt Nam"))


def mistyped_commune(dice: random.Random, said: Said) -> str:
    return whole(dice, Said(said.kind, slip(dice, said.name), said.district, said.province, said.truth))


def mistyped_commune_bare(dice: random.Random, said: Said) -> str:
    return fold(mistyped_commune(dice, said))


def mistyped_without_district(dice: random.Random, said: Said) -> str:
    return f"{said.kind} {slip(dice, said.name)}, tỉnh {said.province}"


def mistyped_district(dice: random.Random, said: Said) -> str:
    district = slip(dice, said.district) if said.district else ""
    return whole(dice, Said(said.kind, said.name, district, said.province, said.truth))


def other_tone(dice: random.Random, said: Said) -> str:
    letters = list(decompose(said.name))
    spots = [place for place, letter in enumerate(letters) if letter in "\u0301\u0300\u0309\u0303\u0323"]
    if spots:
        letters[dice.choice(spots)] = dice.choice("\u0301\u0300\u0309\u0303\u0323")
    name = normalize("NFC", "".join(letters))
    return whole(dice, Said(said.kind, name, said.district, said.province, said.truth))


def telex_left_in(dice: random.Random, said: Said) -> str:
    return " ".join(telex(word) for word in whole(dice, said).split(" "))


def telex_in_parts(dice: random.Random, said: Said) -> str:
    return " ".join(telex(word) if dice.random() < 0.5 else word for word in whole(dice, said).split(" "))


DAMAGES: Final[Sequence[Damage]] = (
    whole, without_accents, in_capitals, decomposed, without_commas, bare, abbreviated, without_district, without_province,
    with_hamlet, with_hamlet_bare, with_text_after, with_text_after_bare, turned_round, mistyped_commune,
    mistyped_commune_bare, mistyped_without_district, mistyped_district, other_tone, telex_left_in, telex_in_parts,
)  # fmt: skip


def slip(dice: random.Random, name: str) -> str:
    """One letter left out, doubled, changed, or two turned round; never the first."""
    spots = [place for place, letter in enumerate(name) if letter.isalpha() and place > 0]
    place = dice.choice(spots)
    match dice.randrange(4):
        case 0:
            return name[:place] + name[place + 1 :]
        case 1:
            return name[:place] + name[place] + name[place:]
        case 2:
            return name[:place] + dice.choice(LETTERS) + name[place + 1 :]
        case _:
            return name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :]


def telex(word: str) -> str:
    """The keys of a word, where the keyboard did not make letters of them: "huyện" → "huyeenj"."""
    out, tone = "", ""
    for letter in normalize("NFD", word.replace("đ", "dd").replace("Đ", "Dd")):
        if letter in TELEX:
            key = TELEX[letter] or out[-1:].lower()
            if key in TONES and letter not in "\u0302\u0306\u031b":
                tone = key
            else:
                out += key
        else:
            out += letter
    ending = out[len(out.rstrip(",.")) :]
    return out.rstrip(",.") + tone + ending


def addresses(count: int, seed: int = SEED) -> list[tuple[str, str, frozenset[str]]]:
    """(kind of damage, text, where it may lie); today's and old names, every damage as often."""
    dice = random.Random(seed)
    today = [_of_today(unit) for unit in units()]
    known = [*map(_before, former_units()), *today]
    names = _truths(known)
    made = []
    for number in range(count):
        damage, said = DAMAGES[number % len(DAMAGES)], dice.choice(known)
        text = damage(dice, said)
        told_apart = said.district and damage is not without_district and damage is not mistyped_without_district
        truth = said.truth if told_apart or not said.district else said.truth | names[fold(said.name).lower()]
        made.append((damage.__name__, text, truth))
    return made


def _of_today(unit: AdminUnit) -> Said:
    kind = unit.name.removesuffix(unit.short_name).strip()
    return Said(kind, unit.short_name, "", "Gia Lai", frozenset({unit.code}))


def _before(former: FormerAdminUnit) -> Said:
    kind = "Thị trấn" if former.kind == "township" else former.name.split(" ", 1)[0]
    return Said(kind, former.short_name, former.district, former.province, frozenset(former.unit_codes))


def _truths(known: Sequence[Said]) -> Mapping[str, frozenset[str]]:
    """Without its district a name means every commune that was ever called so."""
    found: dict[str, set[str]] = {}
    for said in known:
        found.setdefault(fold(said.name).lower(), set()).update(said.truth)
    return {name: frozenset(codes) for name, codes in found.items()}


def judge(text: str, truth: frozenset[str]) -> str:
    """`right`, `asked` (the right one is among what is shown), `absent`, `refused` or `silent`: certain, and wrong."""
    answer = resolve(text)
    if answer.certain:
        return "right" if answer.unit_code in truth else "silent"
    if not answer.candidates:
        return "refused"
    return "asked" if truth & {candidate.unit_code for candidate in answer.candidates} else "absent"


def strangers(count: int, seed: int = SEED) -> list[str]:
    """Communes of other provinces: half of them with a province, half without."""
    dice = random.Random(seed)
    names, provinces = sorted(names_elsewhere()), sorted(other_provinces())
    kinds = {"commune": "Xã", "ward": "Phường", "township": "Thị trấn"}
    made = []
    for number in range(count):
        kind, name = dice.choice(names)
        made.append(f"{kinds[kind]} {name}" + (f", tỉnh {dice.choice(provinces)}" if number % 2 else ""))
    return made


def measure(count: int = ADDRESSES, seed: int = SEED) -> dict[str, Counter[str]]:
    """How each kind of damage was answered."""
    found: dict[str, Counter[str]] = {damage.__name__: Counter() for damage in DAMAGES}
    for kind, text, truth in addresses(count, seed):
        found[kind][judge(text, truth)] += 1
    return found


def percents(found: Mapping[str, Counter[str]]) -> dict[str, float]:
    together: Counter[str] = sum(found.values(), Counter())
    return {answer: round(100 * together[answer] / together.total(), 3) for answer in ANSWERS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="2,000 addresses instead of 20,000")
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    count = SHORT_ADDRESSES if given.short else ADDRESSES
    found = measure(count, given.seed)
    astray = Counter(judge(text, frozenset()) for text in strangers(count // 10, given.seed))
    for kind, counts in found.items():
        answers = " | ".join(f"{counts[one]:,}" for one in ANSWERS)
        sys.stdout.write(f"| {kind.replace('_', ' ')} | {counts.total():,} | {answers} |\n")
    elsewhere = dict(astray)
    row = {
        "part": "addresses",
        "addresses": count,
        "seed": given.seed,
        "percent": percents(found),
        "elsewhere": elsewhere,
    }
    sys.stdout.write(json.dumps(row) + "\n")
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
