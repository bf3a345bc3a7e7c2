import pytest

from app.domain.errors import DomainError, DomainErrors
from app.domain.faults import Faults


def say_no(error: DomainError) -> None:
    raise error


def test_no_fault_says_nothing() -> None:
    Faults().refuse()


def test_one_fault_is_said_as_itself() -> None:
    faults = Faults()
    with faults.gathered():
        say_no(DomainError("slot_full", field="slot_id"))
    with pytest.raises(DomainError, match="slot_full") as refusal:
        faults.refuse()
    assert refusal.value.field == "slot_id"


def test_several_faults_are_said_together_in_their_order() -> None:
    faults = Faults()
    faults.add(DomainError("one"))
    with faults.gathered():
        say_no(DomainErrors([DomainError("two"), DomainError("three")]))
    with pytest.raises(DomainErrors) as refusal:
        faults.refuse()
    assert [error.code for error in refusal.value.errors] == ["one", "two", "three"]


def test_what_is_no_refusal_is_not_swallowed() -> None:
    faults = Faults()
    with pytest.raises(ZeroDivisionError), faults.gathered():
        raise ZeroDivisionError
