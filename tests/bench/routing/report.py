"""The table of all targets from the finished runs, into `docs/routing.md` between two marks. A miss is shown as a miss."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence

from tests.bench.routing.country import claimed
from tests.bench.routing.figures import bootstrap, geometric_mean, percentile
from tests.bench.routing.paired import say
from tests.bench.routing.parts_of_time import FIRST
from tests.bench.routing.ratios import Line, gaps, ratios
from tests.bench.routing.results import ROOT, Results, Row, machine

DOCUMENT = ROOT / "docs" / "routing.md"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
MOST_ABOVE = {"R1_10_1": 5.2, "PR11A": 2.0, "PR13A": 2.0}
"""Public instances: per cent above the best known cost."""
HEAD = ("", "what", "target", "measured", "", "runs", "commit")
READ: Mapping[str, Sequence[str]] = {
    "T2": ("offices", "complete"),
    "T3": ("towns",),
    "T4": ("regions",),
    "T5": ("province",),
    "T6": ("large",),
    "T7": ("first", "towns", "regions"),
    "T8": ("public",),
    "T9": ("insertion",),
    "T10": ("deadline",),
    "T11": ("same",),
    "T12": ("driven",),
    "T13": ("busy",),
    "T15": ("country",),
}
"""The parts whose runs a target's lines are made of."""


def write(results: Results, *, to_document: bool) -> None:
    """Print the table, and with ``to_document`` put it into the page."""
    page = DOCUMENT.read_text()
    before, _, rest = page.partition(BEGIN)
    text = table(results, rest.partition(END)[0] if to_document else "")
    say(text)
    if to_document:
        DOCUMENT.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}")


def table(results: Results, before: str = "") -> str:
    """Return the whole table in Markdown, with when and where it was measured.

    ``before``: the table that it takes the place of; its lines stay for the targets that these results say nothing of.
    """
    found = [line for claim in CLAIMS for line in claim(results)]
    new = {line.target for line in found}
    rows = [(line.target, f"{line} {_commits(results, line.target)} |") for line in found]
    rows += [(target, line) for target, line in _lines_of(before) if target not in new]
    head = [f"| {' | '.join(HEAD)} |", "|" + " --- |" * len(HEAD)]
    lines = [line for _, line in sorted(rows, key=lambda row: _number(row[0]))]
    return "\n".join([*_circumstances(results.rows), "", *head, *lines])


def _commits(results: Results, target: str) -> str:
    rows = [row for part in READ.get(target, ()) for row in results.of(part)]
    return ", ".join(dict.fromkeys(str(row["commit"]) for row in rows if row.get("commit")))


def _lines_of(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        target = line.removeprefix("| ").partition(" |")[0]
        if line.startswith("| T") and target[1:].isdigit():
            yield target, line


def _number(target: str) -> int:
    return int(target.removeprefix("T"))


def _circumstances(rows: Sequence[Row]) -> Iterator[str]:
    yield f"Measured on {machine()}."
    if rows:
        dates, loads = sorted(row["at"][:10] for row in rows), [row["load"] for row in rows]
        commits = ", ".join(dict.fromkeys(row["commit"] for row in rows))
        yield (
            f"{len(rows)} runs from {dates[0]} to {dates[-1]}, load of the machine {min(loads)} to {max(loads)} "
            f"(middle {percentile(loads, 0.5)}), commits {commits}."
        )
        if percentile(loads, 0.5) > (os.cpu_count() or 1) + 1:  # a run's own children and whoever watches them
            yield (
                "\n**Provisional**: others used the machine meanwhile. CPU is counted, so plans are searched as long; "
                "OR-Tools and VROOM, whose limits are of the wall clock, had less within ours. A quiet "
                "machine gives the real figures (`ARGS=--fresh`)."
            )


def audited(results: Results) -> Iterator[Line]:
    """T1: plans that broke something, since the last beginning anew."""
    for kind, name, wanted in (("small", "random small problems", 100_000), ("office", "office days", 10_000)):
        rows = [row for row in results.audits if row["kind"] == kind]
        begun = max((at for at, row in enumerate(rows) if row["from"] == 0), default=0)
        if rows:
            done, faults = max(row["to"] for row in rows[begun:]), sum(row["faults"] for row in rows[begun:])
            met = faults == 0 and done >= wanted
            yield Line("T1", f"{name}, audited", f"0 of {wanted:,}", f"{faults} at fault of {done:,}", met, f"{done:,}")


def complete(results: Results) -> Iterator[Line]:
    """T2: whether OR-Tools alone serves every stop of an office that can be served, and breaks no rule."""
    rows = results.of("complete")
    alone = [row for row in rows if row["contestant"] == "OR-Tools in our parts"]
    ours = {row["seed"]: row for row in rows if row["contestant"] == "auto"}
    pairs = [(row, ours[row["seed"]]) for row in alone if row["seed"] in ours]
    if pairs:
        none = sum(row["objective"] is None or row["violations"] > 0 for row, _ in pairs)
        short = sum(row["objective"] is not None and row["weight_left"] > best["weight_left"] for row, best in pairs)
        stops = sum(row["left"] for row, _ in pairs if row["objective"] is not None)
        text = f"{none} infeasible, {short} that leave out a stop which auto serves; {stops} stops nobody can serve"
        what = "offices, 0.5 CPU s: OR-Tools alone serves every stop that can be served"
        yield Line("T2", what, "0 offices short", text, none + short == 0, str(len(pairs)))


def reform(results: Results) -> Iterator[Line]:
    """T5: what planning without boundaries saves."""
    rows = {
        (row["instance"].split()[0], row["seed"]): row for row in results.of("province") if row["contestant"] == "auto"
    }
    for kind, name in (
        ("home", "home"),
        ("collections", "free (collections only)"),
        ("transfers", "free (with transfers)"),
    ):
        mine = [row for (instance, _), row in rows.items() if instance == kind and row["objective"] is not None]
        if mine:
            n = len(mine)
            km, hours = sum(row["km"] for row in mine) / n, sum(row["hours"] for row in mine) / n
            onward, couriers = sum(row["onward_km"] for row in mine) / n, sum(row["couriers"] for row in mine) / n
            variable, whole = (sum(row[name_] for row in mine) / n / 1e6 for name_ in ("variable", "objective"))
            text = (
                f"{km:,.0f} km, {hours:,.0f} h driven, {onward:,.0f} paper-km onward, {couriers:.0f} couriers; "
                f"{whole:.2f} million đồng with their fixed cost, {variable:.2f} without; {sum(r['left'] for r in mine)} left out"
            )
            yield Line("T5", f"the province's day, {name}", "", text, None, str(n))


def large(results: Results) -> Iterator[Line]:
    """T6: soon, good and small."""
    rows = {row["seconds"] / 2: row for row in results.of("large") if row["contestant"] == "auto"}
    if 15.0 in rows:
        row = rows[15.0]
        text = f"after {row['work_s']:.1f} s of two free cores ({row['wall_s']:.0f} s of wall), {row['left']} left out"
        yield Line(
            "T6", "10,000 stops: a feasible plan", "≤ 15 s", text, row["work_s"] <= 15.5 and not row["violations"], "1"
        )
    if {120.0, 600.0} <= rows.keys():
        ratio = rows[120.0]["objective"] / rows[600.0]["objective"]
        yield Line("T6", "10,000 stops: 120 s ÷ 600 s", "≤ 1.050", f"{ratio:.3f}", ratio <= 1.05, "1")
    if rows:
        peak = max(row["peak_mb"] for row in rows.values())
        yield Line(
            "T6", "10,000 stops: peak of all processes", "≤ 1,500 MB", f"{peak:,} MB", peak <= 1500, str(len(rows))
        )


def first(results: Results) -> Iterator[Line]:
    """T7: seconds to a plan where no time is given; insertion alone, in one process, beside it."""
    asked = [row for row in results.of("first") if row["objective"] is not None]
    for stops, _, target in FIRST:
        for engine in ("auto", "insertion"):
            rows = [row for row in asked if (row["instance"], row["contestant"]) == (f"{stops} stops", engine)]
            if not rows:
                continue
            works, walls = ([row[name] for row in rows] for name in ("work_s", "wall_s"))
            middle, left = percentile(works, 0.5), sum(row["left"] for row in rows)
            text = (
                f"middle {middle:.3f}, most {max(works):.3f} s (wall {percentile(walls, 0.5):.2f} s); {left} left out"
            )
            met = middle <= target and not any(row["violations"] for row in rows)
            wanted, met_ = (f"≤ {target:g} s", met) if engine == "auto" else ("", None)
            yield Line("T7", f"first plan of {stops:,} stops: {engine}", wanted, text, met_, str(len(rows)))


def first_alone(results: Results) -> Iterator[Line]:
    """T7: when each engine alone has its first plan of the larger days, for comparison."""
    for part, stops in (("towns", 300), ("regions", 1000)):
        for name in ("PyVRP", "OR-Tools", "VROOM 5"):
            rows = [row for row in results.of(part) if row["contestant"] == name and row["first_cpu_s"] is not None]
            if rows:
                middle = percentile([row["first_cpu_s"] for row in rows], 0.5)
                yield Line(
                    "T7",
                    f"first plan of {stops:,} stops: {name} alone",
                    "",
                    f"middle {middle:.2f} CPU s",
                    None,
                    str(len(rows)),
                )


def same(results: Results) -> Iterator[Line]:
    """T11: the same plan from two processes."""
    rows = results.of("same")
    if rows:
        different = sum(row["different"] for row in rows)
        yield Line(
            "T11",
            "plans by iterations in two processes, byte for byte",
            "equal",
            f"{different} differ",
            different == 0,
            str(len(rows)),
        )


def gap_to_best_known(results: Results) -> Iterator[Line]:
    """T8: public instances; nobody is told to be near the best known of those without a figure, but none may be worse than PyVRP."""
    rows = [row for row in results.of("public") if row["objective"] is not None and not row["left"]]
    for name in dict.fromkeys(row["instance"] for row in rows):
        (best,) = [row["objective"] for row in rows if (row["instance"], row["contestant"]) == (name, "published")]
        for contestant in ("auto", "PyVRP", "OR-Tools"):
            mine = [row for row in rows if (row["instance"], row["contestant"]) == (name, contestant)]
            if mine:
                gap = 100 * (geometric_mean([row["objective"] / best for row in mine]) - 1)
                most = MOST_ABOVE.get(name) if contestant == "auto" else None
                wanted, met = ("", None) if most is None else (f"≤ +{most:.1f} %", gap <= most)
                text = f"{gap:+.2f} % at {sum(row['cpu_s'] for row in mine) / len(mine):.1f} CPU s"
                yield Line("T8", f"{name} (best known {best:,}): {contestant}", wanted, text, met, str(len(mine)))


def late_stop(results: Results) -> Iterator[Line]:
    """T9: insertion of a late stop."""
    rows = results.of("insertion")
    if rows:
        p95 = percentile([row["p95_ms"] for row in rows], 0.5)
        text = f"p95 {p95:.1f} ms, most {max(row['most_ms'] for row in rows):.1f} ms of CPU"
        yield Line("T9", "a late stop, 80 stops, 6 couriers", "p95 ≤ 10 ms", text, p95 <= 10, f"{len(rows)} × 100")


def overrun(results: Results) -> Iterator[Line]:
    """T10: answers that came late."""
    for engine in dict.fromkeys(row["contestant"] for row in results.of("deadline")):
        rows = [row for row in results.of("deadline") if row["contestant"] == engine]
        late = max(row["work_s"] - row["seconds"] for row in rows)
        wall = max(row["wall_s"] - row["seconds"] for row in rows)
        stops = max(int(row["instance"].split()[0]) for row in rows)
        text = f"{late:+.2f} s at most on free cores ({wall:+.1f} s of wall), up to {stops:,} stops"
        yield Line("T10", f"overrun of {engine}", "≤ +0.50 s", text, late <= 0.5, str(len(rows)))


def crowded(results: Results) -> Iterator[Line]:
    """T13: what a plan costs on a busy machine, against the same one's quiet hour."""
    rows = [row for row in results.of("busy") if row["objective"] is not None]
    quiet = {row["seed"]: row for row in rows if row["instance"] == "0 others"}
    pairs = [(row, quiet[row["seed"]]) for row in rows if row["seed"] in quiet and row["instance"] != "0 others"]
    if pairs:
        ratio = geometric_mean([there["objective"] / here["objective"] for there, here in pairs])
        more = sum(there["left"] > here["left"] for there, here in pairs)
        most = max(there["objective"] / here["objective"] for there, here in pairs)
        cpu = min(there["searched_cpu_s"] for there, _ in pairs)
        slow = max(there["solving_s"] for there, _ in pairs)
        text = f"{ratio:.3f}, most {most:.3f}; at least {cpu:.2f} CPU s searched, in {slow:.1f} s at most; {more} leave more out"
        wanted = "≤ 1.030"
        yield Line(
            "T13", "six others a core ÷ none, 1 CPU s", wanted, text, ratio <= 1.03 and not more, str(len(pairs))
        )


def second_trips(results: Results) -> Iterator[Line]:
    """T14: what a day costs with second trips, against the same day without."""
    rows = [row for row in results.of("trips") if row["objective"] is not None]
    once = {row["seed"]: row for row in rows if row["instance"].startswith("1")}
    pairs = [(row, once[row["seed"]]) for row in rows if row["seed"] in once and not row["instance"].startswith("1")]
    same = [(twice["objective"] / one["objective"]) for twice, one in pairs if twice["left"] == one["left"]]
    if same:
        found, more = bootstrap(same), sum(twice["left"] > one["left"] for twice, one in pairs)
        couriers = " and ".join(str(sum(row["couriers"] for row in side)) for side in zip(*pairs, strict=True))
        text = f"{found}; {couriers} couriers; {more} leave more out"
        met = found.mean <= 0.97 and not more
        yield Line("T14", "two trips ÷ one where bags bind, 1 CPU s", "≤ 0.970", text, met, str(len(pairs)))


def driven(results: Results) -> Iterator[Line]:
    """T12: late stops on unknown roads, on days that both planned with as many couriers and nobody left out."""
    rows = [row for row in results.of("driven") if row["objective"] is not None and not row["left"]]
    ours = {row["seed"]: row for row in rows if row["contestant"] == "auto"}
    for name in dict.fromkeys(row["contestant"] for row in rows):
        mine = [row for row in rows if row["contestant"] == name and row["seed"] in ours]
        same = [row for row in mine if row["couriers"] == ours[row["seed"]]["couriers"]]
        if not same:
            continue
        late, auto = (_late(found) for found in (same, [ours[row["seed"]] for row in same]))
        wanted, met = ("≤ 2 %", late <= 2) if name == "auto" else ("≥ auto's", auto <= late)
        text = f"{late:.1f} % late with {sum(row['couriers'] for row in same)} couriers"
        text += "" if name == "auto" else f" (auto on the same days {auto:.1f} %)"
        text += f"; other couriers on {len(mine) - len(same)} days more" if len(mine) > len(same) else ""
        yield Line("T12", f"driven on unseen roads: {name}", wanted, text, met, f"{len(same)} days")


def _late(rows: Sequence[Row]) -> float:
    return 100 * float(sum(row["late"] for row in rows) / sum(row["stops"] for row in rows))


CLAIMS: Sequence[Callable[[Results], Iterator[Line]]] = (
    audited,
    ratios,
    gaps,
    complete,
    reform,
    large,
    first,
    first_alone,
    same,
    gap_to_best_known,
    late_stop,
    overrun,
    crowded,
    second_trips,
    driven,
    claimed,
)
