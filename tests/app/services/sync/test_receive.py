"""One batch: each operation once, each answered by itself, the phone's own chain followed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.acts import Collected
from app.domain.custody import Holder
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.models import CustodyEvent, CustodyEvidence, Device, FileUse, Message, Operation, OperationPayload, Parcel
from app.services import sync
from app.services.evidence.sealed import open_sealed
from app.services.staff import devices
from app.services.sync import doors, taking
from app.services.sync.context import OperationContext
from app.texts import SENTENCES
from app.texts import say as say_in
from tests.app.services.sync.street import K, Street, codes
from tests.factories import KEYS
from tests.factories import operations as say
from tests.factories.phone import make_device
from tests.fakes.phone import Phone


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def wire(street: Street, *operations: object) -> dict[str, object]:
    return {**json.loads(street.phone.batch([])), "ops": list(operations)}


def test_a_collection_is_applied(street: Street) -> None:
    op = street.collect()

    answer = street.one()

    assert (answer["result"], answer["reviews"], answer["problem"]) == ("applied", [], None)
    assert answer["parcel"] == op.payload["label"]
    assert answer["errand"] == {
        "id": str(street.road.collection.id),
        "state": "done",
        "revision": street.road.collection.revision,
    }
    assert street.road.collection.state is ErrandState.DONE


def test_the_chain_names_phone_and_number_of_the_act(street: Street) -> None:
    op = street.collect()
    street.send()

    event = street.session.scalars(select(CustodyEvent)).one()
    assert (event.device, event.seq, event.operation_id) == (str(street.device.id), 1, op.op_id)
    assert event.actor == f"courier:{street.device.courier_id}"


def test_of_an_applied_operation_nothing_sealed_is_kept(street: Street) -> None:
    street.collect()
    street.send()
    assert count(street.session, OperationPayload) == 0


def test_what_is_not_plainly_applied_stays_sealed_until_it_is_settled(street: Street) -> None:
    op = street.collect(files=[])
    assert street.one()["result"] == "needs_review"

    kept = street.session.get_one(OperationPayload, UUID(op.op_id))
    assert json.loads(open_sealed(KEYS, f"op:{op.op_id}", kept.sealed)) == op.payload

    operation = sync.settle(street.session, UUID(op.op_id), "staff:1", "Đã gọi, ảnh nộp tại quầy", street.now)
    again = sync.settle(street.session, UUID(op.op_id), "staff:2", "Lần nữa", street.now)
    street.session.expire_all()
    assert count(street.session, OperationPayload) == 0
    assert (operation.looked_by, again.look_note) == ("staff:1", "Đã gọi, ảnh nộp tại quầy")


def test_a_look_without_a_word_settles_nothing(street: Street) -> None:
    op = street.collect(files=[])
    street.send()
    with pytest.raises(DomainError, match="look_note_missing"):
        sync.settle(street.session, UUID(op.op_id), "staff:1", "  ", street.now)


def test_every_file_is_written_down_before_it_arrives(street: Street) -> None:
    op = street.collect()
    street.send()
    uses = street.session.scalars(select(FileUse).order_by(FileUse.sha256)).all()
    assert [use.sha256 for use in uses] == list(op.header.files)
    assert {use.errand_id for use in uses} == {street.road.collection.id}


def test_after_a_lost_answer_the_same_operation_is_answered_the_same(street: Street) -> None:
    op = street.collect()
    (first,) = street.send()
    (again,) = street.send([op])

    assert (again["result"], again["stored"]) == ("duplicate", first)
    assert (again["errand"], again["parcel"]) == (first["errand"], first["parcel"])
    assert (count(street.session, Operation), count(street.session, Parcel)) == (1, 1)


def test_the_same_operation_twice_in_a_batch_is_one(street: Street) -> None:
    op = street.collect()
    assert [answer["result"] for answer in street.send([op, op])] == ["applied", "duplicate"]
    assert count(street.session, Parcel) == 1


def test_an_answer_that_is_not_kept_any_more_is_still_a_duplicate(street: Street) -> None:
    op = street.collect()
    street.send()
    street.row(op.op_id).answer = None
    (again,) = street.send([op])
    assert (again["result"], again["stored"]) == ("duplicate", None)


def test_one_bad_operation_never_fails_its_batch(street: Street) -> None:
    bad = street.record(K.COLLECTED, {"dossier_id": "x"}, street.road.collection)
    good = street.collect()

    first, second = street.send([bad, good])

    assert (first["result"], second["result"]) == ("rejected", "applied")
    assert first["problem"]["code"] == "operation_malformed"
    assert {"dossier_id", "label", "papers"} <= {fault["field"] for fault in first["problem"]["errors"]}
    assert street.row(bad.op_id).result.value == "rejected"
    assert street.session.get(OperationPayload, UUID(bad.op_id)) is not None


def test_a_malformed_header_is_rejected_alone_and_named(street: Street) -> None:
    good = street.collect()
    body = street.receive(wire(street, {"op_id": "không"}, 7, dict(good.wire)))
    assert [answer["result"] for answer in body["answers"]] == ["rejected", "rejected", "applied"]
    assert body["answers"][0]["op_id"] == "không"
    assert count(street.session, Operation) == 1


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("sealed", "AQID", "box_unreadable"),
        ("commitment", "0" * 64, "hash_wrong"),
        ("hash", "0" * 64, "hash_wrong"),
        ("occurred_at", "2026-12-01T01:30:00.001Z", "hash_wrong"),
        ("occurred_at", "hôm qua", "operation_malformed"),
        ("seq", "1", "operation_malformed"),
        ("offset_ms", 0.5, "operation_malformed"),
    ],
)
def test_what_was_changed_on_the_way_is_rejected_and_named(
    street: Street, field: str, value: object, code: str
) -> None:
    op = dict(street.collect().wire) | {field: value}
    (answer,) = street.receive(wire(street, op))["answers"]
    assert (answer["result"], answer["problem"]["code"]) == ("rejected", code)
    assert answer["problem"]["errors"][0]["field"] == field if code != "hash_wrong" else True
    assert count(street.session, Parcel) == 0


def test_a_payload_other_than_the_committed_one_is_rejected(street: Street) -> None:
    op = street.collect()
    header = replace(op.header, commitment="a" * 64)
    forged = dict(op.wire) | {"commitment": header.commitment, "hash": header.hash()}
    (answer,) = street.receive(wire(street, forged))["answers"]
    assert answer["problem"]["code"] == "commitment_wrong"


def test_files_that_the_header_does_not_name_are_refused(street: Street) -> None:
    op = street.collect()
    header = replace(op.header, files=())
    forged = dict(op.wire) | {"files": [], "hash": header.hash()}
    (answer,) = street.receive(wire(street, forged))["answers"]
    assert answer["problem"]["errors"][0]["field"] == "files"


def test_an_id_used_for_something_else_is_rejected_and_the_first_stands(street: Street) -> None:
    op = street.collect()
    street.send()
    header = replace(op.header, seq=2)
    forged = dict(op.wire) | {"seq": 2, "hash": header.hash()}
    (answer,) = street.receive(wire(street, forged))["answers"]
    assert (answer["result"], answer["problem"]["code"]) == ("rejected", "operation_id_used")
    assert street.row(op.op_id).seq == 1


def test_what_is_not_taken_in_at_all_is_said_in_the_language_of_the_phone(street: Street) -> None:
    op = dict(street.collect().wire) | {"seq": "1"}
    (answer,) = street.receive(wire(street, op), "en")["answers"]
    assert answer["problem"]["detail"] == say_in(SENTENCES["operation_malformed"], "en")


def test_an_id_used_twice_is_said_in_the_language_of_the_phone(street: Street) -> None:
    op = street.collect()
    street.send()
    header = replace(op.header, seq=2)
    forged = dict(op.wire) | {"seq": 2, "hash": header.hash()}
    (answer,) = street.receive(wire(street, forged), "en")["answers"]
    assert answer["problem"]["detail"] == say_in(SENTENCES["operation_id_used"], "en")


def test_an_operation_that_came_before_is_answered_as_it_was(street: Street) -> None:
    op = street.record(K.STOP_ADDED, say.stop_added("RT000000000VN"))
    (first,) = street.send()
    (again,) = street.send([op])
    assert (again["result"], again["stored"]) == ("duplicate", first)


def test_a_door_s_operation_without_an_errand_is_rejected(street: Street) -> None:
    street.record(K.DELIVERED, say.delivered(["RT000000000VN"]))
    answer = street.one()
    assert (answer["result"], answer["problem"]["errors"][0]["field"]) == ("rejected", "errand_id")


def test_a_hand_over_between_others_is_rejected(street: Street) -> None:
    street.record(K.HANDED_OVER, say.handed_over(["RT000000000VN"], street.road.safe, street.road.desk))
    assert street.one()["result"] == "rejected"


def test_the_server_says_what_the_phone_still_owes(street: Street) -> None:
    operations = [street.record(K.STOP_ADDED, say.stop_added("RT000000000VN")) for _ in range(6)]
    body = street.receive(wire(street, dict(operations[5].wire), dict(operations[2].wire)))
    assert body["owes"] == [(1, 2), (4, 5)]
    assert (street.device.last_seq, street.device.head_hash) == (6, operations[5].wire["hash"])

    body = street.receive(wire(street, *[dict(one.wire) for one in operations]))
    assert body["owes"] == []


def test_two_phones_on_one_account_number_their_own_operations(street: Street, session: Session) -> None:
    other = make_device(session, street.road.world.courier)
    second = Phone.with_key(
        other.id, other.courier_id, street.phone.point, lambda: street.now, street.phone.random, offset_ms=0
    )
    street.collect()
    street.send()

    mine = replace(street, device=other, phone=second)
    mine.record(K.HANDED_OVER, say.handed_over([_code(session)], street.road.courier, street.road.safe))
    assert mine.one()["result"] == "applied"
    assert [device.last_seq for device in session.scalars(select(Device))] == [1, 1]


def _code(session: Session) -> str:
    return session.scalars(select(Parcel.code)).one()


def test_a_phone_back_after_three_weeks_is_signed_out_and_its_operations_are_taken(street: Street) -> None:
    street.collect()
    street.later(days=21)
    body = street.receive(json.loads(street.phone.batch(street.phone.queue)))
    assert (body["access_ended"], body["revoked"]) == (True, False)
    assert body["answers"][0]["result"] == "applied"


def test_a_revoked_phone_s_facts_are_kept_and_looked_at(street: Street) -> None:
    op = street.collect()
    devices.revoke(street.session, street.device.id, "staff:1", "mất máy", street.now)

    body = street.receive(json.loads(street.phone.batch(street.phone.queue)))

    (answer,) = body["answers"]
    assert (body["revoked"], answer["result"], codes(answer)) == (True, "needs_review", ["device_revoked"])
    parcel = street.session.scalars(select(Parcel)).one()
    assert (parcel.code, parcel.holder) == (op.payload["label"], Holder.COURIER)


def test_a_revoked_phone_changes_no_plan(street: Street) -> None:
    lon = round((street.road.request.place.lon + 0.001) * 1e6)
    place = street.road.request.place
    said = say.pin_corrected(str(place.id), lon, round(place.lat * 1e6))
    street.record(K.PIN_CORRECTED, said, street.road.collection)
    devices.revoke(street.session, street.device.id, "staff:1", "mất máy", street.now)
    street.send()
    assert place.pin_source == "citizen"


def test_the_clock_s_offset_is_measured_and_kept(street: Street) -> None:
    street.phone.skew = timedelta(minutes=-7)
    street.phone.offset_ms = 7 * 60_000
    op = street.collect()

    street.later(hours=1)
    street.send()

    row = street.row(op.op_id)
    assert row.corrected_at - row.occurred_at == timedelta(minutes=7)
    assert street.device.offset_ms == 7 * 60_000
    assert codes({"reviews": [{"code": code} for code in row.reviews]}) == []


def test_nothing_happens_after_it_was_told(street: Street) -> None:
    street.phone.skew = timedelta(hours=2)
    op = street.collect()
    street.send()
    assert street.row(op.op_id).corrected_at == street.now


def test_what_an_operation_would_have_said_is_not_said_when_it_fails_again(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    def collected_and_broken(context: OperationContext, said: Collected) -> None:
        doors.collected(context, said)
        raise KeyError if context.late else DomainError("papers_differ")

    monkeypatch.setitem(taking.APPLY, K.COLLECTED, collected_and_broken)
    street.collect()

    assert codes(street.one()) == ["not_understood"]
    assert street.session.scalars(select(Message)).all() == []
    assert street.session.scalars(select(CustodyEvidence)).all() == []


def test_a_fact_the_books_cannot_take_is_kept_and_the_next_goes_on(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("lỗi")

    bad, good = street.record(K.STOP_ADDED, say.stop_added("RT000000000VN")), street.collect()
    monkeypatch.setitem(taking.APPLY, K.STOP_ADDED, broken)

    first, second = street.send([bad, good])

    assert (first["result"], codes(first), second["result"]) == ("needs_review", ["not_understood"], "applied")
    assert street.session.get(OperationPayload, UUID(bad.op_id)) is not None
