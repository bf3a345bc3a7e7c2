import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from integrations.errors import BadAnswer
from integrations.postal import MYVNPOST_STATES, BadSignature, Milestone, public_key, read_webhook
from integrations.unknown import Unknown

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEYS = (KEY.public_key(),)
SENT = "23/11/2026 08:30:00"


def _signature(text: str, key: rsa.RSAPrivateKey = KEY) -> str:
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def _body(*items: dict[str, Any], signature: str | None = None, **more: Any) -> bytes:
    first = items[0] if items else {}
    signed = f"MYVNP{SENT}{first.get('itemCode')}{first.get('status')}"
    return json.dumps({"data": items, "sendDate": SENT, "signature": signature or _signature(signed), **more}).encode()


def _item(status: object = 14, code: str = "CP000000001VN", **more: Any) -> dict[str, Any]:
    return {"itemCode": code, "status": status, **more}


def _pem(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form).decode()


def test_a_signed_item_becomes_an_event() -> None:
    told = read_webhook(_body(_item("14", orderHdrID=7)), KEYS)
    (event,) = told.events
    assert told.sent_at == event.occurred_at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert (event.item_code, event.code, event.carrier_id, event.proven) == ("CP000000001VN", "14", "7", True)
    assert event.meaning == MYVNPOST_STATES["14"]


def test_the_same_webhook_twice_has_the_same_ids() -> None:
    body = _body(_item(), _item(code="CP000000002VN"))
    ids = [[event.event_id for event in read_webhook(body, KEYS).events] for _ in range(2)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 2


def test_items_behind_the_signed_one_prove_nothing_and_take_no_true_id() -> None:
    forged = read_webhook(_body(_item(), _item(19, "CP000000002VN")), KEYS).events[1]
    true = read_webhook(_body(_item(19, "CP000000002VN")), KEYS).events[0]
    assert not forged.proven
    assert forged.event_id != true.event_id


@pytest.mark.parametrize(
    "body",
    [
        _body(_item(), signature="AAAA"),
        _body(_item(), signature="không phải base64"),
        _body(_item(), signature=_signature(f"MYVNP{SENT}CP000000001VN15")),
        _body(_item(), sendDate="24/11/2026 08:30:00"),
        json.dumps({"data": [_item()], "sendDate": SENT}).encode(),
        json.dumps({"data": [{}], "sendDate": SENT, "signature": _signature("MYVNP")}).encode(),
    ],
)
def test_what_nobody_signed_is_refused_whole(body: bytes) -> None:
    with pytest.raises(BadSignature) as caught:
        read_webhook(body, KEYS)
    assert caught.value.code == "401"


def test_another_key_signs_in_vain_and_no_key_refuses_everything() -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for keys in ((stranger.public_key(),), ()):
        with pytest.raises(BadSignature):
            read_webhook(_body(_item()), keys)


def test_two_keys_count_while_one_replaces_the_other() -> None:
    old = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    assert read_webhook(_body(_item()), (old, *KEYS)).events


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"data": 3}', b'{"data": []}', b'{"data": [1]}', b"\xff", b"{}"]
)
def test_what_is_no_webhook_is_broken_and_kept(body: bytes) -> None:
    with pytest.raises(BadAnswer) as caught:
        read_webhook(body, KEYS)
    assert caught.value.raw == body


def test_a_state_nobody_explained_is_parked_and_a_broken_item_set_aside() -> None:
    told = read_webhook(_body(_item(99), {"itemCode": "CP000000002VN"}, _item(6)), KEYS)
    assert [event.meaning for event in told.events] == [Unknown("99"), MYVNPOST_STATES["6"]]
    assert len(told.unreadable) == 1
    assert b"CP000000002VN" in told.unreadable[0].raw


def test_a_date_of_unknown_form_is_covered_by_the_signature_but_tells_no_time() -> None:
    body = _body(_item(), sendDate="lúc nãy", signature=_signature("MYVNPlúc nãyCP000000001VN14"))
    told = read_webhook(body, KEYS)
    assert told.sent_at is None
    assert told.events[0].occurred_at is None


def test_a_key_comes_as_pem_or_bare_base64() -> None:
    pem = _pem(KEYS[0])
    bare = "".join(pem.splitlines()[1:-1])
    assert public_key(pem).public_numbers() == public_key(bare).public_numbers() == KEYS[0].public_numbers()


def test_a_weak_or_foreign_key_is_refused() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    with pytest.raises(ValueError, match="2048"):
        public_key(_pem(weak))
    with pytest.raises(ValueError, match="2048"):
        public_key(_pem(ec.generate_private_key(ec.SECP256R1()).public_key()))
    with pytest.raises(ValueError, match="neither PEM nor base64"):
        public_key("khóa")


def test_every_state_of_myvnpost_has_a_meaning() -> None:
    assert list(MYVNPOST_STATES) == [*map(str, range(25)), "28", "29"]
    assert {state.milestone for state in MYVNPOST_STATES.values()} == set(Milestone)


def test_money_moves_no_item_and_final_states_are_few() -> None:
    assert [code for code, state in MYVNPOST_STATES.items() if state.milestone is Milestone.MONEY] == ["21", "28", "29"]
    assert [code for code, state in MYVNPOST_STATES.items() if state.final] == ["8", "9", "14", "19", "20"]
