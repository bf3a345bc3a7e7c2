import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import DomainError
from app.domain.identity import is_landline, masked_phone, parse_address, parse_line, parse_phone

numbers = st.integers(0, 99_999_999).map(lambda n: f"09{n:08d}"[:10]).filter(lambda n: n[2] != "9")


@pytest.mark.parametrize(
    "typed",
    [
        "0900000123",
        "0900 000 123",
        "0900.000.123",
        "+84 900 000 123",
        "(0900) 000-123",
        "0084900000123",
        "84900000123",
        "+84 (0) 900 000 123",
        "+84 0900000123",
        "840900000123",
        "０９００ ０００ １２３",
        "O9OO ooo 123",
        "0900/000/123",
    ],
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
        "0084000000",
        "0000000000",
        "0123456789",
        "1900545481",
        "113",
        "0269111222",
        "0999999999999",
        "²900000123",
    ],
)
def test_what_is_no_number_of_ours_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(DomainError, match="phone_malformed") as refusal:
        parse_phone(typed, "helper_phone")
    assert refusal.value.field == "helper_phone"


@pytest.mark.parametrize("typed", ["02693820000", "(0269) 382 0000", "+84 (0) 269 3820000", "842693820000"])
def test_a_landline_is_a_telephone_and_known_as_one(typed: str) -> None:
    assert parse_phone(typed) == "02693820000"
    assert is_landline(parse_phone(typed))
    assert not is_landline(parse_phone("0900000123"))


@given(numbers)
def test_reading_twice_changes_nothing(number: str) -> None:
    assert parse_phone(parse_phone(number)) == parse_phone("+84" + number[1:]) == number


@given(numbers)
def test_a_masked_number_shows_three_digits(number: str) -> None:
    assert masked_phone(number) == "*******" + number[-3:]


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("0900 000 123", "0900000123"),
        ("+84 900 000 123", "0900000123"),
        ("(0269) 3.000.000", "02693000000"),
        ("1900 0000", "19000000"),
        ("1800-000000", "1800000000"),
        ("  ", ""),
    ],
)
def test_an_office_may_have_a_landline_a_mobile_or_a_number_of_services(typed: str, dialled: str) -> None:
    assert parse_line(typed, "phone") == dialled


@pytest.mark.parametrize("typed", ["3000000", "0269 3000", "026930000001", "113", "09000001२3", "gọi tôi"])
def test_what_cannot_be_dialled_from_the_road_is_refused(typed: str) -> None:
    with pytest.raises(DomainError) as refusal:
        parse_line(typed, "duty_phone")
    assert (refusal.value.code, refusal.value.field) == ("line_malformed", "duty_phone")


@pytest.mark.parametrize(
    "typed", ["ba.thu@vidu.example", "o'brien+1@vidu.example", "a@b-c.vidu.xn--kprw13d", f"{'a' * 64}@vidu.example"]
)
def test_an_address_of_e_mail_is_kept_as_it_is_typed(typed: str) -> None:
    assert parse_address(f" {typed} ", "email") == typed


@pytest.mark.parametrize(
    "typed",
    [
        "ten@gmail..com",
        "nguyễn@gmail.com",
        "a@thư.example",
        "a[b]@x.vn",
        "a(b)@x.vn",
        "a\\b@x.vn",
        "=?utf-8?q?b?=@x.vn",
        ".a@x.vn",
        "a.@x.vn",
        "a..b@x.vn",
        "a@.x.vn",
        "a@x.vn.",
        "a@-x.vn",
        "a@x-.vn",
        "a@1.2.3.4",
        f"{'a' * 65}@x.vn",
        f"a@{'b' * 64}.vn",
        f"a@{'b.' * 130}vn",
    ],
)
def test_what_some_server_would_not_take_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(DomainError, match="address_malformed") as refusal:
        parse_address(typed, "applicant.email")
    assert refusal.value.field == "applicant.email"
