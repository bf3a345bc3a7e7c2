"""An act in a courier's name is the courier's own: signed by the phone's key, or as before while phones get theirs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from sqlalchemy import delete, select, text
from sqlalchemy.exc import ProgrammingError

from app.domain.custody import Holder, Party, canonical_json
from app.domain.errand import ErrandState
from app.domain.operation import Header
from app.models import Claim, CustodyEvent, DeviceKey, FileUse, OperationPayload, Parcel, SigningGrace, StrayScan
from app.services.evidence.sealed import seal
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import K, Street, codes, label, make_street
from tests.app.services.sync.street import seal as seal_number
from tests.factories import operations as say
from tests.factories.phone import make_device, make_grace, make_key
from tests.fakes.phone import Phone, Written, _wire, signed


def never_upgraded(street: Street) -> Street:
    """A phone of today: no key, and the wire of today."""
    street.device = make_device(street.session, street.road.world.courier, signed_from=None)
    old = street.phone
    street.phone = Phone(street.device.id, old.courier_id, old.point, lambda: street.now, old.random, offset_ms=0)
    return street


def upgraded(street: Street) -> Street:
    """The same phone behind its update: what it writes from now on is signed."""
    make_key(street.session, street.device, street.phone.seq + 1)
    street.phone.key = Phone.with_key(street.device.id, 0, b"", lambda: street.now, street.phone.random).key
    return street


def stripped(op: Written) -> Written:
    return replace(op, wire={name: value for name, value in op.wire.items() if name != "signature"})


def untouched(street: Street) -> bool:
    return (
        street.road.collection.state is ErrandState.PLANNED
        and street.session.scalars(select(CustodyEvent)).first() is None
        and street.session.scalars(select(Parcel)).first() is None
    )


def forged(street: Street, seq: int, previous: str) -> Written:
    """What somebody writes who knows the server's public key, the phone's number and the errand: anybody in the office."""
    said = {"salt": "0" * 32, "fix": None, "files": [], **say.collected(street.road.dossier, label(), seal_number())}
    plain = canonical_json(said)
    header = Header(
        op_id=uuid4(), device_id=street.device.id, seq=seq, kind=K.COLLECTED, errand_id=street.road.collection.id,
        revision_seen=1, occurred_at="2026-12-01T01:30:00.000Z", offset_ms=0,
        commitment=hashlib.sha256(plain).hexdigest(), files=(), previous=previous,
    )  # fmt: skip
    return Written(header, said, _wire(header, seal(street.phone.point, f"op:{header.op_id}", plain)))


def test_a_signed_act_is_applied_and_its_signature_kept(street: Street) -> None:
    op = street.collect()
    assert (street.one()["result"], street.row(op.op_id).reviews) == ("applied", [])
    assert len(street.row(op.op_id).signature or b"") == 64


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"signature": None}, "unsigned_late"),
        ({"signature": ""}, "bad_signature"),
        ({"signature": "AAAA"}, "bad_signature"),
        ({"signature": "A" * 86 + "=="}, "bad_signature"),
    ],
)
def test_an_act_without_its_phone_s_signature_moves_nothing_and_is_kept_whole(
    street: Street, change: dict[str, str | None], code: str
) -> None:
    op = street.collect()
    (answer,) = street.send([replace(op, wire={**op.wire, **change})])
    assert (answer["result"], codes(answer), answer["parcel"]) == ("needs_review", [code, "claim"], None)
    assert untouched(street)
    assert street.session.get(OperationPayload, UUID(op.op_id)) is not None
    assert {use.errand_id for use in street.session.scalars(select(FileUse))} == {None}


def test_a_signature_of_another_key_is_none_of_this_phone(street: Street) -> None:
    op = street.collect()
    other = signed(generate_private_key(SECP256R1()), op.header.canonical())
    (answer,) = street.send([replace(op, wire={**op.wire, "signature": other})])
    assert codes(answer) == ["bad_signature", "claim"]
    assert untouched(street)


def test_a_signature_is_of_one_act_alone(street: Street) -> None:
    first, second = street.record(K.RUN_STARTED, say.run_started(1)), street.collect()
    (answer,) = street.send([replace(second, wire={**second.wire, "signature": first.wire["signature"]})])
    assert codes(answer) == ["bad_signature", "claim"]
    assert untouched(street)


def test_one_unsigned_act_holds_up_none_of_its_batch(street: Street) -> None:
    first, second = street.record(K.RUN_ENDED, say.run_ended(1)), street.collect()
    answers = street.send([stripped(first), second])
    assert (codes(answers[0]), answers[1]["result"]) == (["unsigned_late"], "applied")


def test_a_malformed_signature_is_named_and_rejected_alone(street: Street) -> None:
    op, batch = street.collect(), json.loads(street.phone.batch([]))
    (answer,) = street.receive({**batch, "ops": [{**op.wire, "signature": "không"}]})["answers"]
    assert (answer["result"], answer["problem"]["errors"][0]["field"]) == ("rejected", "signature")


def test_a_phone_of_today_is_heard_as_before_for_thirty_days(street: Street) -> None:
    make_grace(street.session)
    op = never_upgraded(street).collect()
    answer = street.one()
    assert (answer["result"], answer["reviews"]) == ("applied", [])  # the old app reads what it read yesterday
    assert street.row(op.op_id).reviews == ["unsigned"]
    assert street.road.collection.state is ErrandState.DONE
    assert street.session.scalars(select(CustodyEvent.actor)).one() == f"courier:{street.device.courier_id}"


def test_a_phone_that_was_never_upgraded_moves_nothing_after_thirty_days(street: Street) -> None:
    make_grace(street.session, street.now + timedelta(days=30))
    never_upgraded(street).collect()
    street.later(days=31)
    assert "unsigned_late" in codes(street.one())
    assert untouched(street)


def test_where_there_never_was_a_phone_without_a_key_there_is_no_grace(street: Street) -> None:
    street.session.execute(delete(SigningGrace))
    never_upgraded(street).collect()
    assert codes(street.one()) == ["unsigned_late", "claim"]


def test_a_queue_of_before_the_upgrade_is_judged_as_before_however_late_it_comes(street: Street) -> None:
    """Three weeks in the hills: the app is updated at the first contact, and the queue comes behind the key."""
    make_grace(street.session, street.now + timedelta(days=30))
    op = never_upgraded(street).collect()
    street.later(days=40)
    upgraded(street)
    street.record(K.RUN_ENDED, say.run_ended(1))
    first, second = street.send()
    assert (first["result"], street.row(op.op_id).reviews) == ("applied", ["unsigned"])
    assert "unsigned" not in street.row(second["op_id"]).reviews
    assert street.road.collection.state is ErrandState.DONE


def test_a_number_that_the_phone_has_used_itself_takes_no_unsigned_act(street: Street) -> None:
    make_grace(street.session)
    never_upgraded(street).record(K.RUN_ENDED, say.run_ended(1))
    street.send()
    upgraded(street).record(K.RUN_ENDED, say.run_ended(1))
    street.send()
    (answer,) = street.send([forged(street, 1, "0" * 64)])
    assert codes(answer) == ["seq_reused", "unsigned_late", "claim"]
    assert untouched(street)


def test_an_unsigned_act_that_does_not_fit_the_phone_s_chain_is_none_of_it(street: Street) -> None:
    """Number 1 is still on the phone; number 2 has come, and says what 1 must have been."""
    make_grace(street.session)
    never_upgraded(street).record(K.RUN_STARTED, say.run_started(1))
    street.record(K.RUN_ENDED, say.run_ended(1))
    upgraded(street)
    street.send(street.phone.queue[1:])
    (answer,) = street.send([forged(street, 1, "0" * 64)])
    assert codes(answer) == ["chain_broken", "unsigned_late", "claim"]
    assert untouched(street)


def test_a_forged_act_in_a_courier_s_name_moves_nothing(street: Street) -> None:
    (answer,) = street.send([forged(street, 500, "a" * 64)])
    assert codes(answer) == ["unsigned_late", "claim"]
    assert untouched(street)


def test_a_key_is_never_changed_nor_taken_away(session: UnitOfWork) -> None:
    street = make_street(session)
    for change in ("delete from device_key", "update device_key set public_key = 'x'", "truncate device_key"):
        with pytest.raises(ProgrammingError, match="InsufficientPrivilege"), session.begin_nested():
            session.execute(text(change))
    assert session.scalars(select(DeviceKey.device_id)).one() == street.device.id


def test_a_signature_is_never_changed(street: Street) -> None:
    op = street.collect()
    street.send()
    with pytest.raises(ProgrammingError, match="append-only"), street.session.begin_nested():
        street.session.execute(text("update operation set signature = null"))
    assert street.row(op.op_id).signature


def test_an_unsigned_act_is_a_claim_of_the_office_and_casts_no_doubt_on_the_courier(street: Street) -> None:
    """Somebody forged the collection; an hour later the courier really collects, and signs."""
    street.send([forged(street, 500, "a" * 64)])
    claim = street.session.scalars(select(Claim)).one()
    assert (claim.errand_id, claim.office_id, claim.settled_at) == (
        street.road.collection.id, street.road.world.office.id, None,
    )  # fmt: skip
    street.collect()
    assert street.one()["result"] == "applied"
    assert street.road.collection.state is ErrandState.DONE


def test_an_unsigned_scan_of_a_number_nobody_knows_is_not_even_a_stray(street: Street) -> None:
    safe = Party(Holder.OFFICE_SAFE, str(street.road.world.office.id))
    op = street.record(K.HANDED_OVER, say.handed_over([label()], street.road.courier, safe))
    (answer,) = street.send([stripped(op)])
    assert answer["result"] == "needs_review"
    assert street.session.scalars(select(StrayScan)).first() is None
