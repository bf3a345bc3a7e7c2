import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import DomainError
from app.domain.identity import masked_phone, parse_phone

numbers = st.integers(100_000_000, 999_999_999).map(lambda n: f"0{n}")


@pytest.mark.parametrize(
    "typed", ["0900000123", "0900 000 123", "0900.000.123", "+84 900 000 123", "(0900) 000-123", "0084900000123"]
)
def test_one_number_however_it_is_typed(typed: str) -> None:
    assert parse_phone(typed) == "0900000123"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "900000123",
        "090000012",
        "09000001234",
        "0900 000 12x",
        "+1 900 000 123",
        "090000０123",
        "0084000000",
        "+84 0900000123",
    ],
)
def test_what_is_no_number_of_ours_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(DomainError, match="phone_malformed") as refusal:
        parse_phone(typed, "helper_phone")
    assert refusal.value.field == "helper_phone"


@given(numbers)
def test_reading_twice_changes_nothing(number: str) -> None:
    assert parse_phone(parse_phone(number)) == parse_phone("+84" + number[1:]) == number


@given(numbers)
def test_a_masked_number_shows_three_digits(number: str) -> None:
    assert masked_phone(number) == "*******" + number[-3:]
