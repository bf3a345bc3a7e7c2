"""`docs/custody.md` prints the table that the code obeys."""

from __future__ import annotations

from pathlib import Path

from app.domain.custody import ALLOWED, Holder

PAGE = Path(__file__).parents[3] / "docs" / "custody.md"


def table() -> str:
    names = list(Holder)
    rows = [["from \\ to", *names], ["---"] * (len(names) + 1)]
    rows += [[giver, *("yes" if taker in ALLOWED[giver] else "" for taker in names)] for giver in names]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows).replace("|  |", "| |").replace("|  |", "| |")


def test_the_printed_table_of_hand_overs_is_the_one_in_force() -> None:
    printed = PAGE.read_text().split("<!-- allowed:begin -->")[1].split("<!-- allowed:end -->")[0].strip()

    assert printed == table()
