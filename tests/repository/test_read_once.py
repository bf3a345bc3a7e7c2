"""What people type is read where it comes in, once: from there on it is a value of its own type."""

from __future__ import annotations

import ast

from tests.repository.sources import name, parsed_if

READERS = {
    "app/cli/accounts.py",
    "app/schemas/requests.py",
    "app/services/staff/told_staff.py",  # a file's lines
    "app/web/citizens/account.py",
    "app/web/citizens/call_to_book.py",
    "app/web/citizens/person.py",
    "app/web/identity.py",
    "app/web/staff/people.py",
}
MAKERS = {"app/domain/identity.py", "app/services/demo/people.py"}  # the sample's telephones are made up, not typed


def calling(function: str) -> set[str]:
    """Modules of the product that call this function."""
    return {name(path) for path, tree in parsed_if(rf"\b{function}\(", under="app") if _calls(tree, function)}


def _calls(tree: ast.AST, function: str) -> bool:
    called = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(isinstance(callee, ast.Name) and callee.id == function for callee in called)


def test_a_telephone_is_parsed_where_it_is_typed_and_nowhere_after() -> None:
    assert calling("parse_phone") == READERS


def test_nobody_else_says_of_a_text_that_it_is_a_telephone() -> None:
    assert calling("PhoneNumber") == MAKERS


def test_a_booking_tidies_no_text_that_its_form_has_tidied() -> None:
    assert [module for module in calling("tidy") if module.startswith("app/services/booking/")] == [
        "app/services/booking/errands.py"  # a reason for cancelling, which no form asks for yet
    ]
