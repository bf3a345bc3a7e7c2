from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.errors import BadAnswer
from integrations.reading import Fields, compact, json_of, moment
from integrations.unknown import Unknown, look_up

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def _fields(**values: Any) -> Fields:
    return Fields.of("bưu chính", values, b"raw")


def test_names_are_found_in_any_case_and_with_blanks() -> None:
    assert _fields(**{"TYPE ": "00"}).text("Type") == "00"


def test_a_number_may_come_as_digits_and_a_code_as_a_number() -> None:
    assert _fields(n="-07").integer("n") == -7
    assert _fields(n=100).text("n") == "100"


@pytest.mark.parametrize(("value", "dong"), [(26000, 26000), (26000.0, 26000), ("26000", 26000), ("26000.00", 26000)])
def test_an_amount_is_whole_dong(value: object, dong: int) -> None:
    assert _fields(price=value).dong("price") == dong


@pytest.mark.parametrize("value", [None, "", "miễn phí", -1, 0.5, True, "1e99", float("nan"), float("inf"), [], {}])
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(BadAnswer, match="whole đồng"):
        _fields(price=value).dong("price")


@pytest.mark.parametrize("value", [True, 1.5, [], {}, "\x00", "\ud800"])
def test_what_is_no_text_is_refused_without_being_repeated(value: object) -> None:
    with pytest.raises(BadAnswer) as caught:
        _fields(name=value).text("name")
    assert str(caught.value).startswith("bưu chính: field name ")
    assert caught.value.raw == b"raw"


def test_a_field_inside_is_named_by_its_path() -> None:
    fields = _fields(data=[{"id": 1}, {"id": []}])
    with pytest.raises(BadAnswer, match=r"field data\[1\]\.id is a list"):
        fields.rows("data")[1].text("id")


READERS: tuple[Callable[[Fields], object], ...] = (
    lambda one: one.text("x"),
    lambda one: one.token("x"),
    lambda one: one.flag("x"),
    lambda one: one.integer("x"),
    lambda one: one.dong("x"),
    lambda one: one.maybe_moment("x"),
    lambda one: one.inner("x"),
    lambda one: one.rows("x"),
)


@given(JSON)
def test_no_answer_whatever_raises_anything_but_a_bad_answer(value: Any) -> None:
    for read in READERS:
        try:
            read(_fields(x=value))
        except BadAnswer as error:
            assert error.raw == b"raw"  # noqa: PT017 - anything else raised fails the test


@given(st.binary())
def test_bytes_are_json_or_a_bad_answer(raw: bytes) -> None:
    try:
        json_of("bưu chính", raw)
    except BadAnswer as error:
        assert error.raw == raw  # noqa: PT017 - anything else raised fails the test


def test_a_number_too_long_and_a_nest_too_deep_are_no_json() -> None:
    for raw in (b"1" * 10_000, b"[" * 200_000):
        with pytest.raises(BadAnswer, match="not JSON"):
            json_of("bưu chính", raw)


@pytest.mark.parametrize(
    "text",
    ["20261123083000", "2026-11-23T08:30:00", "2026-11-23 08:30:00", "23/11/2026 08:30:00", "23-11-2026 08:30",
     "2026-11-23T01:30:00Z", "2026-11-23T08:30:00.000+07:00", " 23/11/2026 08:30 "],
)  # fmt: skip
def test_a_time_is_local_unless_it_says_otherwise(text: str) -> None:
    assert moment(text) == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "hôm qua", "2026112308300", "2026112101300", "31/02/2026 08:30", "0001-01-01T00:00:00", "11/23/2026 08:30"],
)
def test_what_is_no_time_tells_none(text: str) -> None:
    assert moment(text) is None


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants bounds without a zone
def test_a_time_written_and_read_is_the_same_second(when: datetime) -> None:
    assert moment(compact(when)) == when.replace(microsecond=0)


def test_a_code_is_found_with_zeros_in_front_and_an_unknown_one_kept_as_it_came() -> None:
    assert look_up({"9": "finished"}, " 09 ") == "finished"
    assert look_up({"0": "draft"}, "00") == "draft"
    assert look_up({"9": "finished"}, "009x") == Unknown("009x")
