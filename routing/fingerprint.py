"""A name for a problem by its content, kept with every plan made from it."""

import hashlib
import json

from routing.problem import Problem
from routing.vroom_json import problem_to_json


def problem_hash(problem: Problem) -> str:
    """Return the SHA-256 (hex) of the problem's canonical JSON; travel times count by their own description."""
    document = problem_to_json(problem)
    if "travel_times" not in document:
        kind = type(problem.travel_times)
        version = getattr(problem.travel_times, "version", "")
        document["travel_times"] = f"{kind.__module__}.{kind.__qualname__} {version}"
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
