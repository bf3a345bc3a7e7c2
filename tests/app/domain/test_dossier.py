import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dossier import DossierState, parse_dossier_code
from app.domain.errors import DomainError

units = st.sampled_from(["H21", "H21.65", "H21.65.123", "65.H21", "000.00.65.H21", "000.00.H21"])


def test_a_code_of_gia_lai_is_read() -> None:
    code = parse_dossier_code("H21.65-220914-0011")
    assert (code.unit, code.day, code.serial) == ("H21.65", "220914", "0011")


def test_the_older_form_is_read_too() -> None:
    assert parse_dossier_code("000.00.65.H21-200914-0011").unit == "000.00.65.H21"


@pytest.mark.parametrize(
    "typed",
    ["", "H21.65", "H21.65-221314-0011", "H21.65-220900-0011", "H21.65-220932-0011", "H21.65-220914-011",
     "H21.65-220914-001122", "A21.65-220914-0011", "x H21.65-220914-0011", "H21.65-220914-００11"],
)  # fmt: skip
def test_what_is_no_code_is_refused_with_what_was_typed(typed: str) -> None:
    with pytest.raises(DomainError, match="dossier_code_malformed") as refusal:
        parse_dossier_code(typed)
    assert refusal.value.field == "dossier_code"
    assert refusal.value.params["given"] == typed


@given(units, st.integers(1, 12), st.integers(1, 31), st.integers(0, 99_999))
def test_a_code_is_written_as_it_was_read(unit: str, month: int, day: int, serial: int) -> None:
    text = f"{unit}-26{month:02d}{day:02d}-{serial:04d}"
    assert str(parse_dossier_code(f" {text.lower()} ")) == text


def test_the_national_states_keep_their_numbers() -> None:
    assert (DossierState.FINISHED, DossierState.RESULT_RETURNED) == (9, 10)
    assert len(DossierState) == 10
