"""Ours against each control at equal CPU, and how far offices are from the best plans known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.bench.routing.contestants import CONTESTANTS
from tests.bench.routing.figures import bootstrap, geometric_mean
from tests.bench.routing.paired import Versus, versus
from tests.bench.routing.results import Results, Row


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. ``met``: ``None`` where the target sets no figure."""

    target: str
    what: str
    wanted: str
    measured: str
    met: bool | None
    runs: str

    def __str__(self) -> str:
        mark = {True: "met", False: "**missed**", None: ""}[self.met]
        return f"| {self.target} | {self.what} | {self.wanted} | {self.measured} | {mark} | {self.runs} |"


TARGETS: Mapping[tuple[str, float, str], float] = {
    **{("offices", seconds, name): 1.0 for seconds in (0.5, 1.0) for name in ("PyVRP", "VROOM 5", "OR-Tools")},
    ("towns", 10.0, "PyVRP"): 0.97,
    ("towns", 10.0, "OR-Tools"): 0.70,
    ("towns", 10.0, "VROOM 5"): 0.93,
    ("regions", 10.0, "PyVRP"): 0.90,
    ("province", 60.0, "PyVRP in our parts"): 0.97,
    ("public", 20.0, "PyVRP"): 1.0,
}
"""Part, CPU seconds and control: the ratio that is to be reached."""
NUMBERS = {"offices": "T2", "towns": "T3", "regions": "T4", "province": "T5", "public": "T8"}
APART = ("province", "public")
"""Parts whose instances are different questions."""
ABOVE: Mapping[float, tuple[float, float]] = {0.5: (0.25, 2.5), 1.0: (0.12, 1.5)}
"""CPU seconds of an office: per cent above the best known in the mean, and at most."""


def asked(part: str, row: Row) -> str:
    """Return which question of its part a row answers: an instance, or days with rules, mixed fleets, or neither."""
    if part in APART:
        return str(row["instance"])
    rules = "with rules" if "with rules" in row["instance"] else "plain"
    return f"{rules}, mixed fleet" if part == "regions" and "mixed" in row["instance"] else rules


def ratios(results: Results) -> Iterator[Line]:
    """Ours against each control, by part, CPU and question."""
    for part in NUMBERS:
        rows = [row for row in results.of(part) if row["contestant"] not in {"reference", "published"}]
        names = [name for name in CONTESTANTS if name != "auto" and any(row["contestant"] == name for row in rows)]
        for seconds in sorted({row["seconds"] for row in rows}):
            for question in sorted({asked(part, row) for row in rows}):
                same = [row for row in rows if row["seconds"] == seconds and asked(part, row) == question]
                yield from (line for name in names for line in _ratio(part, seconds, question, versus(same, name)))


def _ratio(part: str, seconds: float, instance: str, found: Versus) -> Iterator[Line]:
    if not found.ratios and not found.none:
        return
    most = TARGETS.get((part, seconds, found.control))
    figure, good = "no pair", True
    notes = [f"it had no plan in {found.none}"] if found.none else []
    notes += [f"it left more out in {found.better}"] if found.better else []
    notes += [f"we left more out in {found.worse}"] if found.worse else []
    if found.ratios:
        mean = bootstrap(found.ratios)
        figure, good = f"{mean}; variable {geometric_mean(found.variable):.3f}", mean.mean <= (most or 0)
        notes.insert(0, f"CPU {found.cpu[0]:.2f} and {found.cpu[1]:.2f} s")
    yield Line(
        NUMBERS[part],
        f"{part} {instance}".strip() + f", {seconds:g} CPU s: auto ÷ {found.control}",
        "" if most is None else f"≤ {most:.3f}",
        f"{figure}; {', '.join(notes)}",
        None if most is None else good and not found.worse,
        str(len(found.ratios)),
    )


def gaps(results: Results) -> Iterator[Line]:
    """T2: how far offices are from the best known plan."""
    rows = results.of("offices")
    known = {row["problem"]: row for row in rows if row["contestant"] == "reference"}
    for seconds in (0.5, 1.0):
        for name in ("auto", "PyVRP", "VROOM 5", "OR-Tools"):
            mine = [row for row in rows if (row["contestant"], row["seconds"]) == (name, seconds)]
            both = [(row, known[row["problem"]]) for row in mine if row.get("problem") in known]
            found = [
                100 * (row["objective"] / best["objective"] - 1)
                for row, best in both
                if row["objective"] is not None and row["weight_left"] <= best["weight_left"]
            ]
            if found:
                yield _gap(seconds, name, found, len(both) - len(found), min(best["budget_s"] for _, best in both))


def _gap(seconds: float, name: str, found: list[float], short: int, long: float) -> Line:
    """``short``: plans that leave more out than the best known, or none at all; ``long``: what was spent on looking for it."""
    (most_mean, most_worst), mean, most = ABOVE[seconds], sum(found) / len(found), max(found)
    met = mean <= most_mean and most <= most_worst and not short
    text = f"mean {mean:.2f} %, most {most:.2f} %, {sum(gap > 0.5 for gap in found)} above 0.5 %"
    return Line(
        "T2",
        f"offices, {seconds:g} CPU s: {name} above the best known ({long:g} CPU s of all engines)",
        f"mean ≤ {most_mean:g} %, most ≤ {most_worst:g} %" if name == "auto" else "",
        text + (f"; {short} without a plan or with more left out" if short else ""),
        met if name == "auto" else None,
        str(len(found)),
    )
