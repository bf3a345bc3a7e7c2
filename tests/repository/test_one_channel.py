"""What a transaction remembers is in the signature: a `UnitOfWork`, its attributes typed; no second channel beside it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.repository.sources import name, parsed, written


def hidden(tree: ast.AST) -> Iterator[int]:
    """Lines that keep something in a session's `info`, or step in before whatever is asked of it."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "info" and id(node) not in called:  # `log.info(…)` is
            yield node.lineno
        if isinstance(node, ast.Constant) and node.value == "do_orm_execute":
            yield node.lineno


def test_nothing_is_remembered_behind_a_signature() -> None:
    found = [f"{name(path)}:{line}" for path in written(".py", under="app") for line in hidden(parsed(path))]
    assert found == []


@pytest.mark.parametrize(
    "breach",
    [
        'session.info["chains held"] = {}',
        'held = work.info.get("chains held", {})',
        'context.work.info.pop("chains held", None)',
        'del batch.session.info["chains held"]',
        'if "chains held" in session.info: pass',
        'event.listen(session, "do_orm_execute", answer)',
        '@event.listens_for(UnitOfWork, "do_orm_execute")\ndef answer(asked): ...',
    ],
)
def test_a_second_channel_is_found(breach: str) -> None:
    assert list(hidden(ast.parse(f'log.info("a batch of %s", count)\n{breach}'))) != []


def test_a_line_in_the_log_is_none() -> None:
    assert list(hidden(ast.parse('log.info("a batch of %s", count)'))) == []
