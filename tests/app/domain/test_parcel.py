import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import DomainError
from app.domain.parcel import parse_s10, parse_seal, s10, s10_check_digit

serials = st.integers(0, 99_999_999)


def test_the_example_of_the_standard() -> None:
    assert s10_check_digit(47312482) == 9  # UPU S10: RB 473 124 829 US


@given(serials)
def test_what_we_print_we_can_read(serial: int) -> None:
    assert parse_s10(s10(serial)) == s10(serial)


@given(serials, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_caught(serial: int, place: int, shift: int) -> None:
    digits = f"{serial:08d}"
    wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]
    code = s10(serial)
    if s10_check_digit(int(wrong)) != s10_check_digit(
        serial
    ):  # modulo 11 folded into ten digits lets a few pairs through
        with pytest.raises(DomainError, match="parcel_code_malformed"):
            parse_s10(code[:2] + wrong + code[10:])


def test_about_one_in_fifty_wrong_digits_slips_through() -> None:
    pairs = [(serial, serial + 10**place) for serial in range(0, 10_000_000, 99_991) for place in range(7)]
    missed = sum(s10_check_digit(one) == s10_check_digit(two) for one, two in pairs if str(one)[-1] != "9")
    assert missed < len(pairs) / 40


@pytest.mark.parametrize("typed", ["rt 473 124 829 vn", " RT473124829VN ", "RT-473124829-VN"])
def test_a_code_may_be_typed_carelessly(typed: str) -> None:
    assert parse_s10(typed) == "RT473124829VN"


@pytest.mark.parametrize("typed", ["", "RT473124820VN", "R473124829VN", "RT47312482VN", "473124829", "RT٤73124829VN"])
def test_what_is_no_code_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(DomainError, match="parcel_code_malformed") as refusal:
        parse_s10(typed)
    assert refusal.value.field == "parcel_code"


@pytest.mark.parametrize(("typed", "kept"), [("ab-123 456", "AB123456"), ("000001", "000001")])
def test_a_seal_is_letters_and_digits(typed: str, kept: str) -> None:
    assert parse_seal(typed) == kept


@pytest.mark.parametrize("typed", ["", "12345", "A" * 21, "AB12_456"])
def test_what_is_no_seal_is_refused(typed: str) -> None:
    with pytest.raises(DomainError, match="seal_number_malformed"):
        parse_seal(typed)
