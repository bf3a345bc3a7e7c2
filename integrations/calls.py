"""Every call to an outside system is told to whoever watches this program: which system, what came of it, how long it took."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from integrations.errors import BadAnswer, IntegrationError, Rejected

Watcher = Callable[[str], AbstractContextManager[Mapping[str, str]]]
"""Given the name of the system, works around the call; yields headers that travel along. It sees what the call raises."""


@contextmanager
def _nobody(service: str) -> Iterator[Mapping[str, str]]:  # noqa: ARG001 (a watcher is told)
    yield {}


_watcher: Watcher = _nobody


def watch(watcher: Watcher) -> None:
    """From now on `watcher` is told, of every call of this process."""
    global _watcher  # noqa: PLW0603 (one a process, as is the log)
    _watcher = watcher


def calling(service: str) -> AbstractContextManager[Mapping[str, str]]:
    """Around one call to `service`, the name that errors and logs use."""
    return _watcher(service)


def outcome(error: BaseException | None) -> str:
    """Return `ok`, `unavailable`, `rejected` or `bad_answer`; `failed` for a fault of ours."""
    match error:
        case None:
            return "ok"
        case BadAnswer():
            return "bad_answer"
        case Rejected():
            return "rejected"
        case IntegrationError():
            return "unavailable"
        case _:
            return "failed"
