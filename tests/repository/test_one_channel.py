"""What a transaction remembers is in the signature: a `UnitOfWork`, its attributes typed; no second channel beside it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.repository.sources import functions, name, parsed, written


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


def misnamed(tree: ast.AST) -> Iterator[int]:
    """Functions that take a unit of work, but not first, or call it otherwise."""
    for function in functions(tree):
        positional = [one for one in function.args.posonlyargs + function.args.args if one.arg not in {"self", "cls"}]
        for argument in filter(_is_unit_of_work, [*positional, *function.args.kwonlyargs]):
            if argument not in positional[:1] or argument.arg != "work":
                yield function.lineno


def _is_unit_of_work(argument: ast.arg) -> bool:
    return isinstance(argument.annotation, ast.Name) and argument.annotation.id == "UnitOfWork"


def test_a_service_s_first_argument_is_its_work() -> None:
    services = [path for path in written(".py", under="app/services") if not name(path).endswith("__init__.py")]
    assert [f"{name(path)}:{line}" for path in services for line in misnamed(parsed(path))] == []


@pytest.mark.parametrize(
    ("signature", "found"),
    [
        ("work: UnitOfWork, code: str", []),
        ("self, work: UnitOfWork", []),
        ("session: Session, code: str", []),
        ("session: UnitOfWork", [1]),
        ("code: str, work: UnitOfWork", [1]),
        ("code: str, *, work: UnitOfWork", [1]),
    ],
)
def test_another_name_or_place_is_found(signature: str, found: list[int]) -> None:
    assert list(misnamed(ast.parse(f"def book({signature}): ..."))) == found


def test_a_line_in_the_log_is_none() -> None:
    assert list(hidden(ast.parse('log.info("a batch of %s", count)'))) == []
