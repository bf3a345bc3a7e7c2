"""Valid answers with one place replaced by any JSON: whoever reads them believes them, or calls them broken; no crash."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.errors import BadAnswer, IntegrationError
from integrations.one_stop import DossierFound, PublishedProcedure
from integrations.postal.feed import FIRST, read_feed
from integrations.postal.myvnpost_wire import held_order, held_orders, history, listed_communes
from integrations.reading import Fields, json_of
from tests.fakes.exchange import PROCEDURE

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=3,
)
LINE = {
    "_id": {"$oid": "0" * 23 + "1"},
    "CustomerCode": "GL01",
    "OrderNumber": "H21.65-220914-0011-TG01",
    "EventTime": "20261123083000",
    "StatusCode": "70",
}
FEED = {"_size": 1, "_total_pages": 1, "_returned": 1, "_embedded": {"rh:doc": [LINE]}}
HELD = [{"results": [{"itemCode": "CP1", "orderHdrID": 7, "status": 1, "saleOrderCode": "H21"}]}]
HISTORY = {"statusCode": 14, "createdDate": "23/11/2026", "createdHour": "08:30", "locateName": "Pleiku"}
FOUND = {"MaHoSo": "H21", "TrangThaiHoSo": "4", "NgayTiepNhan": "20261123083000", "HinhThuc": 1}
COMMUNES = [{"communeCode": "23728", "communeName": "Ia Krái", "provinceCode": "52"}]


def _held(value: Any, raw: bytes) -> object:
    return [held_order(row) for row in held_orders("x", value, raw)]


READERS: dict[str, tuple[Any, Callable[[Any, bytes], object]]] = {
    "procedure": (PROCEDURE, lambda value, raw: PublishedProcedure.read(Fields.of("x", value, raw), "1.003560")),
    "dossier": (FOUND, lambda value, raw: DossierFound.read(Fields.of("x", value, raw))),
    "feed": (FEED, lambda value, raw: read_feed(Fields.of("x", value, raw), FIRST, 1000, {})),
    "orders": (HELD, _held),
    "history": (HISTORY, lambda value, raw: history(Fields.of("x", value, raw), "CP1", None)),
    "communes": (COMMUNES, lambda value, raw: listed_communes("x", value, raw)),
}


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, held in inner:
        yield from _places(held, (*at, name))


def _replaced(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    if not at:
        return new
    name, *rest = at
    if isinstance(value, list):
        return [_replaced(held, tuple(rest), new) if index == name else held for index, held in enumerate(value)]
    return {key: _replaced(held, tuple(rest), new) if key == name else held for key, held in value.items()}


@pytest.mark.parametrize("name", READERS)
@settings(deadline=None)
@given(data=st.data())
def test_an_answer_with_anything_anywhere_is_read_or_called_broken(name: str, data: st.DataObject) -> None:
    valid, read = READERS[name]
    at = data.draw(st.sampled_from(list(_places(valid))))
    raw = json.dumps(_replaced(valid, at, data.draw(ANY))).encode()
    try:
        read(json_of("x", raw), raw)
    except IntegrationError as error:
        assert type(error) is BadAnswer  # noqa: PT017 - anything else raised fails the test
        assert error.raw == raw  # noqa: PT017 - the same


@pytest.mark.parametrize("name", READERS)
def test_the_valid_answers_are_believed(name: str) -> None:
    valid, read = READERS[name]
    assert read(valid, b"")
