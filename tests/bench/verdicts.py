"""The compiled search beside the judge: 100,000 random problems, every verdict and every price of some routes of each.

``python -m tests.bench.verdicts`` (``make bench PART=verdicts``) goes on where it stopped; ``--again`` starts over. Rows go
to ``var/bench.jsonl``: from, to, disagreements (at most ten in full), CPU seconds.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from tests.routing.verdicts import disagreements

TOTAL, BATCH, SHOWN = 100_000, 1_000, 10


def main(arguments: list[str] | None = None) -> int:
    """Go on until every problem was looked at; return 1 when any verdict of this run differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=40.0, help="stop after so long; the next run goes on")
    parser.add_argument("--problems", type=int, default=TOTAL)
    parser.add_argument("--again", action="store_true", help="start over")
    parser.add_argument("--results", type=Path, default=Path("var/bench.jsonl"))
    options = parser.parse_args(arguments)
    log: Path = options.results
    first = 0 if options.again else max((row["to"] for row in _rows(log)), default=0)
    until, differing = time.monotonic() + 60 * options.minutes, 0
    while first < options.problems and time.monotonic() < until:
        last, cpu = min(options.problems, first + BATCH), time.process_time()
        found = [told for number in range(first, last) for told in disagreements(number)]
        row = {"part": "verdicts", "from": first, "to": last, "faults": len(found), "shown": found[:SHOWN]}
        log.parent.mkdir(exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row | {"cpu": round(time.process_time() - cpu, 1)}, ensure_ascii=False) + "\n")
        sys.stdout.writelines(f"{told}\n" for told in found[:SHOWN])
        first, differing = last, differing + len(found)
    sys.stdout.write(f"{first} of {options.problems} problems looked at; of this run {differing} verdicts differ\n")
    return int(differing > 0)


def _rows(log: Path) -> list[dict[str, int]]:
    if not log.exists():
        return []
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row.get("part") == "verdicts"]


if __name__ == "__main__":
    sys.exit(main())
