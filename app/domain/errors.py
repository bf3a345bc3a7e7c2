"""The domain's one error. It holds a code and facts, never a sentence: `app.texts` says it in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Kind = Literal["invalid", "not_found", "conflict", "forbidden", "gone", "too_many", "busy"]


class DomainError(Exception):
    """A rule said no. `code` finds the sentence, `field` the input to correct, `kind` the HTTP status."""

    def __init__(self, code: str, *, kind: Kind = "conflict", field: str | None = None, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.kind: Kind = kind
        self.field = field
        self.params = params


class DomainErrors(DomainError):
    """Several faults of one input at once: a form shows them all, each at its field."""

    def __init__(self, errors: list[DomainError]) -> None:
        super().__init__("several_faults", kind="invalid")
        self.errors = errors


def refusals(*checks: Callable[[], object]) -> list[DomainError]:
    """What these checks say no to: for facts that have happened and are only looked at."""
    found = []
    for check in checks:
        try:
            check()
        except DomainError as refusal:
            found.append(refusal)
    return found
