"""The best plans known of the bench's offices, frozen beside the code: figures that no later run may move but downwards.

One row a problem, by its hash: who asks after a day that was generated otherwise finds none. ``budget_s``: CPU seconds that
were once spent on looking for it by all engines together.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

FROZEN = Path(__file__).with_name("references.json")


@dataclass(frozen=True, slots=True)
class Reference:
    """What the best plan leaves out and costs, who found it, and in which state of the code."""

    instance: str
    weight_left: int
    objective: int
    found_by: str
    budget_s: float
    commit: str

    @property
    def key(self) -> tuple[int, int]:
        """Smaller is better."""
        return self.weight_left, self.objective


@dataclass(slots=True)
class References:
    """All of them; written down as soon as one is new."""

    path: Path = FROZEN
    known: dict[str, Reference] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path = FROZEN) -> References:
        """Read the file, if it is there."""
        held = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return cls(path, {name: Reference(**row) for name, row in held.items()})

    def offer(self, problem: str, found: Reference) -> Reference:
        """Take a plan where none is known, or a better one; the longest search for it is remembered in any case."""
        before = self.known.get(problem)
        best = found if before is None or found.key < before.key else before
        spent = found.budget_s if before is None else max(found.budget_s, before.budget_s)
        self.known[problem] = Reference(**{**asdict(best), "budget_s": spent})
        if self.known[problem] != before:
            self.write()
        return self.known[problem]

    def write(self) -> None:
        """Write one line a problem, in the order of the instances, so that a change of one is one line of a diff."""
        rows = sorted(self.known.items(), key=lambda entry: (entry[1].instance, entry[0]))
        lines = [f"{json.dumps(name)}: {json.dumps(asdict(row))}" for name, row in rows]
        self.path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
