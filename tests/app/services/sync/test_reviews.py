"""Every conflict between what a phone tells and what the office knows: the fact is kept, a person looks, in words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.commands import CancelErrand
from app.domain.custody import Holder, Party
from app.domain.errand import ErrandState, ProofKind
from app.domain.operation import BlockKind, FileKind
from app.domain.parcel import ParcelPurpose
from app.models import Attempt, CustodyGap, FileUse, Incident, NumberBlock, Parcel, Receipt, Route, Seal, StrayScan
from app.services import errands, handover_codes
from app.services.results import result_ready
from app.services.sealing import make_parcel
from app.texts.sync import REVIEWS
from tests.app.services.sync.street import K, Street, bring_result, codes, deliver, label, make_street, seal
from tests.factories import KEYS, make_courier, make_dossier, make_paper, make_procedure
from tests.factories import operations as say
from tests.factories.custody import (
    AT_THE_DOOR,
    accepted,
    collected,
    make_outcome,
    make_road,
    packing,
)
from tests.factories.route import make_route
from tests.factories.times import DAY

PICTURE = b"anh"


def looked(street: Street) -> list[str]:
    answer = street.one()
    assert answer["problem"] is None
    assert answer["result"] == "needs_review", answer
    assert all(review["detail"].endswith(".") and "%(" not in review["detail"] for review in answer["reviews"])
    return codes(answer)


def parcels(street: Street) -> list[Parcel]:
    return list(street.session.scalars(select(Parcel).order_by(Parcel.created_at, Parcel.code)))


def holders(street: Street) -> set[Holder]:
    return {parcel.holder for parcel in parcels(street)}


# -- at a collection


def test_cancelled_meanwhile_but_collected_is_kept(street: Street) -> None:
    errand = street.road.collection
    street.collect()
    errands.cancel(street.session, CancelErrand(errand.id, "citizen:x", street.now - timedelta(hours=6)))

    assert looked(street) == ["errand_cancelled"]
    assert (errand.state, holders(street)) == (ErrandState.CANCELLED, {Holder.COURIER})
    assert street.session.scalars(select(Attempt.outcome)).all() == ["DONE"]


def test_a_door_given_to_a_colleague_stands_and_is_looked_at(session: Session) -> None:
    street = make_street(session)
    other = make_courier(session, office=street.road.world.office)
    street.device.courier_id, street.device.courier = other.id, other
    session.flush()
    street.collect()
    assert looked(street) == ["errand_moved"]
    assert street.road.collection.state is ErrandState.DONE


def test_a_door_of_another_day_is_looked_at(street: Street) -> None:
    street.later(days=1)
    street.collect()
    assert looked(street) == ["errand_moved"]


def test_a_door_of_another_office_is_looked_at(street: Street, session: Session) -> None:
    stranger = make_courier(session)
    street.device.courier_id, street.device.courier = stranger.id, stranger
    session.flush()
    street.collect()
    assert looked(street) == ["not_your_errand"]
    assert holders(street) == {Holder.COURIER}


def test_an_envelope_of_nobody_s_errand_is_kept_as_a_scan(street: Street) -> None:
    code = label()
    said = say.collected(street.road.dossier, code, seal())
    street.phone.record(K.COLLECTED, said, (street.device.id, 1), say.proof_of_collection(street.phone.random))
    assert looked(street) == ["not_your_errand", "parcel_unknown"]
    assert street.session.scalars(select(StrayScan.code)).all() == [code]


def test_a_dossier_collected_twice_makes_two_envelopes_and_a_question(street: Street) -> None:
    first = collected(street.session, street.road)
    street.collect()
    assert looked(street) == ["already_collected"]
    assert len(parcels(street)) == 2
    assert first.errand_id == street.road.collection.id


def test_the_same_envelope_told_by_two_phones_stays_one(street: Street) -> None:
    first = collected(street.session, street.road)
    street.collect(label=first.code)
    assert looked(street) == ["already_collected"]
    assert parcels(street) == [first]


def test_a_used_label_is_replaced_by_a_fresh_one(street: Street, session: Session) -> None:
    used = collected(session, make_road(session, street.road.world))
    op = street.collect(label=used.code)

    answer = street.one()

    assert (answer["result"], codes(answer)) == ("needs_review", ["label_used"])
    assert answer["parcel"] not in {used.code, None}
    assert used.code in answer["reviews"][0]["detail"]
    assert answer["parcel"] in answer["reviews"][0]["detail"]
    assert op.payload["label"] == used.code


def test_a_label_that_nobody_can_read_is_replaced(street: Street) -> None:
    street.collect(label="RT123")
    assert looked(street) == ["label_used"]


def test_a_used_seal_is_kept_in_the_evidence_alone(street: Street, session: Session) -> None:
    number = seal()
    collected(session, make_road(session, street.road.world), seal_number=number)
    street.collect(seal=number)
    assert looked(street) == ["seal_used"]
    assert session.scalars(select(Seal.number)).all() == [number]
    assert len(parcels(street)) == 2


def test_an_old_list_is_looked_at(street: Street) -> None:
    street.collect(procedure_version="9.000000@0")
    assert looked(street) == ["papers_version_changed"]


def test_papers_that_do_not_fit_the_list_are_carried_all_the_same(street: Street) -> None:
    street.collect(papers={"1": {"tick": "in_envelope", "form": "original", "count": 1}, "99": {"tick": "in_envelope"}})
    assert looked(street) == ["papers_differ"]
    assert [paper.line for paper in parcels(street)[0].papers] == [1, 99]


def test_a_collection_without_its_photo_lacks_proof(street: Street) -> None:
    street.collect(files=[(FileKind.CITIZEN_SIGNATURE, PICTURE), (FileKind.COURIER_SIGNATURE, PICTURE + b"2")])
    assert looked(street) == ["proof_missing"]


def test_a_thumbprint_needs_a_named_witness(street: Street) -> None:
    witnessed = [*say.proof_of_collection(street.phone.random), (FileKind.WITNESS_SIGNATURE, PICTURE)]
    street.collect(thumbprint=True, files=witnessed)
    assert looked(street) == ["proof_missing"]


def test_a_thumbprint_before_a_named_witness_is_proof(street: Street) -> None:
    witnessed = [*say.proof_of_collection(street.phone.random), (FileKind.WITNESS_SIGNATURE, PICTURE)]
    street.collect(thumbprint=True, witness="Lê Văn Thử", files=witnessed)
    assert street.one()["result"] == "applied"


# -- money


def with_block(street: Street, first: int = 1) -> None:
    block = {"kind": BlockKind.RECEIPT, "first": first, "last": first + 49, "given_at": street.now}
    street.session.add(NumberBlock(device_id=street.device.id, **block))
    street.session.flush()


def test_money_is_written_under_its_number(street: Street) -> None:
    with_block(street)
    street.collect(receipt=say.receipt("TN00000001", 26_000, 8_000))
    assert street.one()["result"] == "applied"
    row = street.session.get_one(Receipt, "TN00000001")
    assert row.parts == [{"kind": "postage", "amount": 26_000}, {"kind": "state_fee", "amount": 8_000}]


def test_a_receipt_of_another_phone_s_block_is_looked_at(street: Street) -> None:
    street.collect(receipt=say.receipt("TN00000777", 26_000))
    assert looked(street) == ["receipt_outside_block"]
    assert street.session.get(Receipt, "TN00000777") is not None


def test_a_receipt_number_is_used_once(street: Street, session: Session) -> None:
    with_block(street)
    street.collect(receipt=say.receipt("TN00000001", 26_000))
    other = make_road(session, street.road.world)
    street.record(
        K.COLLECTED,
        say.collected(other.dossier, label(), seal(), receipt=say.receipt("TN00000001", 30_000)),
        other.collection,
        files=say.proof_of_collection(street.phone.random),
    )
    first, second = street.send()
    assert (first["result"], codes(second)) == ("applied", ["not_your_errand", "receipt_used"])
    assert street.session.get_one(Receipt, "TN00000001").parts[0]["amount"] == 26_000


# -- at a delivery


def test_the_code_confirms_a_delivery_days_after_its_day(street: Street) -> None:
    code_of = bring_result(street)
    code = handover_codes.issue(street.session, street.road.delivery, ProofKind.CODE, street.now, KEYS)
    deliver(street, code_of, code=code)
    street.later(days=3)
    answer = street.one()
    assert (answer["result"], answer["reviews"]) == ("applied", [])


def test_a_wrong_code_stands_applied_and_is_looked_at(street: Street) -> None:
    code_of = bring_result(street)
    handover_codes.issue(street.session, street.road.delivery, ProofKind.CODE, street.now, KEYS)
    deliver(street, code_of, code="x")
    answer = street.one()
    assert (answer["result"], codes(answer)) == ("applied", ["code_not_confirmed"])
    assert street.road.delivery.state is ErrandState.DONE


def test_a_result_delivered_twice_is_looked_at(street: Street) -> None:
    code = bring_result(street)
    deliver(street, code)
    deliver(street, code)
    first, second = street.send()
    assert "already_delivered" in codes(second)
    assert "not_the_holder" in codes(second)
    assert first["errand"]["state"] == second["errand"]["state"] == "done"


def test_a_failed_try_and_then_a_delivery_is_done(street: Street) -> None:
    code = bring_result(street)
    street.record(K.NOT_DONE, say.not_done(), street.road.delivery)
    deliver(street, code)
    _, second = street.send()
    assert second["errand"]["state"] == "done"


def test_a_closed_errand_s_late_try_is_written_beside_it(street: Street) -> None:
    code = bring_result(street)
    street.road.delivery.state = ErrandState.RETURNED
    street.session.flush()
    deliver(street, code)
    assert looked(street) == ["already_closed", "code_not_confirmed"]
    assert street.road.delivery.state is ErrandState.RETURNED


def test_a_delivery_of_what_another_holds_opens_a_gap_that_a_late_fact_closes(street: Street, session: Session) -> None:
    accepted(session, street.road)
    parcel = result_ready(session, packing(street.road))
    street.later(days=2)
    make_route(session, street.road.world.courier, DAY + timedelta(days=2), [[street.road.delivery]])
    deliver(street, parcel.code)
    assert "not_the_holder" in looked(street)
    assert (parcel.holder, parcel.gap) == (Holder.CITIZEN, True)
    assert session.scalars(select(CustodyGap.closed_at)).all() == [None]


def test_an_unknown_envelope_is_kept_and_adopted_once_it_is_known(street: Street, session: Session) -> None:
    code = bring_result(street)
    stranger = label()
    deliver(street, code, stranger)
    assert "parcel_unknown" in looked(street)
    scan = session.scalars(select(StrayScan)).one()
    assert (scan.code, scan.taker) == (stranger, Holder.CITIZEN)

    road = make_road(session, street.road.world)
    parcel = collected(session, road, parcel_code=stranger)
    assert (parcel.event_no, scan.settled_by) == (2, "chain")


def test_an_envelope_left_in_the_bag_keeps_the_errand_open(street: Street, session: Session) -> None:
    code = bring_result(street)
    here = Party(Holder.COURIER, str(street.device.courier_id))
    other = make_parcel(session, street.road.dossier, ParcelPurpose.RESULT, None, here, street.now)
    other.errand_id = street.road.delivery.id
    session.flush()
    deliver(street, code)
    assert "parcels_left" in looked(street)
    assert street.road.delivery.state is not ErrandState.DONE


def test_a_delivery_without_signature_or_receiver_lacks_proof(street: Street) -> None:
    deliver(street, bring_result(street), files=[], receiver_name="")
    assert looked(street) == ["proof_missing", "code_not_confirmed"]


def test_a_result_given_before_the_originals_is_looked_at(session: Session) -> None:
    originals = make_procedure(session, originals_due=True, papers=[make_paper(1, name="Giấy chứng nhận thử")])
    street = make_street(session, None)
    street.road.dossier.procedure, street.road.dossier.procedure_id = originals, originals.id
    street.road.dossier.cases = []
    session.flush()
    code = label()
    parcel = make_parcel_in_bag(street, code)
    make_route(session, street.road.world.courier, DAY + timedelta(days=2), [[street.road.delivery]])
    street.later(days=2)
    street.road.delivery.state = ErrandState.PLANNED
    session.flush()
    deliver(street, parcel.code)
    assert "papers_due_not_collected" in looked(street)
    assert street.road.delivery.state is ErrandState.DONE


def make_parcel_in_bag(street: Street, code: str) -> Parcel:
    parcel = make_parcel(
        street.session, street.road.dossier, ParcelPurpose.RESULT, code, street.road.courier, street.now
    )
    parcel.errand_id = street.road.delivery.id
    street.session.flush()
    return parcel


# -- not done


def test_a_photo_told_in_words_is_no_evidence_and_no_invitation(street: Street) -> None:
    street.record(
        K.NOT_DONE, say.not_done("ABSENT", {"gate_photo": "chụp rồi", "call": "08:30"}), street.road.collection
    )
    assert looked(street) == ["evidence_missing"]
    attempt = street.session.scalars(select(Attempt)).one()
    assert (attempt.outcome, attempt.counts) == ("ABSENT", False)
    assert street.road.collection.state is ErrandState.FAILED


def absent(street: Street) -> None:
    files = [(FileKind.GATE, PICTURE)]
    street.record(K.NOT_DONE, say.not_done("ABSENT", {"call": "08:30"}), street.road.collection, files=files)


def test_a_photo_of_the_gate_counts(street: Street) -> None:
    absent(street)
    assert street.one()["result"] == "applied"
    assert street.session.scalars(select(Attempt.counts)).all() == [True]


@pytest.mark.parametrize(("minutes", "result"), [(9, "needs_review"), (10, "applied")])
def test_two_calls_are_ten_minutes_apart(street: Street, minutes: int, result: str) -> None:
    make_outcome(street.session, "NO_CONTACT", "two_calls", counts=True)
    first, second = AT_THE_DOOR, AT_THE_DOOR + timedelta(minutes=minutes)
    calls = {"two_calls": "08:30, 08:40", "calls": [first.isoformat(), second.isoformat()]}
    street.record(K.NOT_DONE, say.not_done("NO_CONTACT", calls), street.road.collection)
    street.later(minutes=20)
    assert street.one()["result"] == result


@pytest.mark.parametrize(
    ("consent", "evidence", "result"),
    [(True, {}, "applied"), (False, {"note": "Tờ khai thiếu chữ ký"}, "applied"), (False, {}, "needs_review")],
)
def test_a_faulty_paper_is_photographed_with_consent_only(
    street: Street,
    consent: bool,  # noqa: FBT001 (a row of the table)
    evidence: dict[str, str],
    result: str,
) -> None:
    make_outcome(street.session, "PAPERS_WRONG", "paper", "photo")
    files = [(FileKind.FAULTY_PAPER, PICTURE)] if not evidence else []
    said = say.not_done("PAPERS_WRONG", {"paper": "1", **evidence}, consent=consent)
    street.record(K.NOT_DONE, said, street.road.collection, files=files)
    assert street.one()["result"] == result
    for use in street.session.scalars(select(FileUse)):
        assert use.desk_id == street.road.dossier.competent_desk_id
        assert use.keep_until == street.now + timedelta(days=30 if consent else 0)


def test_an_unknown_outcome_is_written_down(street: Street) -> None:
    street.record(K.NOT_DONE, say.not_done("LẠ"), street.road.collection)
    assert looked(street) == ["evidence_missing"]
    assert street.session.scalars(select(Attempt.outcome)).all() == ["LẠ"]


def test_a_broken_seal_opens_an_incident_by_itself(street: Street) -> None:
    make_outcome(street.session, "SEAL_BROKEN", "two_photos")
    code = bring_result(street)
    files = [(FileKind.SEAL, PICTURE), (FileKind.SEAL_OTHER_SIDE, PICTURE + b"2")]
    street.record(K.NOT_DONE, say.not_done("SEAL_BROKEN"), street.road.delivery, files=files)
    assert street.one()["result"] == "applied"
    assert street.session.scalars(select(Incident.parcel_code)).all() == [code]


# -- clocks and chains


def test_an_unmeasured_clock_makes_no_invitation(street: Street) -> None:
    street.phone.offset_ms = None
    absent(street)
    assert looked(street) == ["clock_unmeasured"]
    assert street.session.scalars(select(Attempt.counts)).all() == [False]


def test_a_clock_that_jumped_makes_no_invitation(street: Street) -> None:
    street.phone.skew = timedelta(minutes=-30)
    absent(street)
    assert looked(street) == ["clock_jumped"]
    assert street.session.scalars(select(Attempt.counts)).all() == [False]


def test_a_broken_chain_is_noticed_from_either_side(street: Street) -> None:
    first = street.collect()
    street.phone.head = "f" * 64
    street.record(K.STOP_ADDED, say.stop_added(first.payload["label"]))
    assert "chain_broken" in codes(street.send()[1])

    street.phone.head = "e" * 64
    third, fourth = street.collect(), street.record(K.STOP_ADDED, say.stop_added(first.payload["label"]))
    street.phone.head = "d" * 64
    assert "chain_broken" not in codes(street.send([fourth])[0])
    assert "chain_broken" in codes(street.send([third])[0])


def test_a_number_used_twice_is_noticed(street: Street) -> None:
    street.collect()
    street.send()
    street.phone.seq = 0
    street.record(K.STOP_ADDED, say.stop_added(parcels(street)[0].code))
    assert "seq_reused" in looked(street)


# -- hands, routes, pins


def test_one_side_s_word_moves_the_envelope(street: Street) -> None:
    parcel = collected(street.session, street.road)
    street.record(K.HANDED_OVER, say.handed_over([parcel.code], street.road.courier, street.road.safe))
    assert street.one()["result"] == "applied"
    assert (parcel.holder, parcel.gap) == (Holder.OFFICE_SAFE, False)


def test_of_what_another_holds_a_hand_over_is_looked_at_envelope_by_envelope(street: Street) -> None:
    mine = collected(street.session, street.road)
    stranger = label()
    other = collected(street.session, make_road(street.session, street.road.world))
    other.holder_id = "999"
    street.session.flush()
    said = say.handed_over([mine.code, other.code, stranger], street.road.courier, street.road.safe)
    street.record(K.HANDED_OVER, said)
    assert looked(street) == ["parcel_unknown", "not_the_holder"]
    assert mine.holder is Holder.OFFICE_SAFE
    assert street.session.scalars(select(StrayScan.code)).all() == [stranger]


def test_an_incident_is_opened_and_a_lost_envelope_leaves_its_holder(street: Street) -> None:
    parcel = collected(street.session, street.road)
    street.record(K.INCIDENT, say.incident(parcel.code, "lost"))
    assert street.one()["result"] == "applied"
    assert (parcel.holder, street.session.scalars(select(Incident.kind)).one()) == (Holder.LOST, "lost")


def route_of(street: Street) -> Route:
    return street.session.scalars(select(Route)).one()


def test_a_run_begins_and_ends_by_the_phone_s_time(street: Street) -> None:
    route = route_of(street)
    street.record(K.RUN_STARTED, say.run_started(route.id))
    collected_op = street.collect()
    street.record(K.RUN_ENDED, say.run_ended(route.id, [collected_op.payload["label"]]))
    street.later(days=1)
    assert [answer["result"] for answer in street.send()] == ["applied"] * 3


def test_a_run_with_open_doors_stays_open(street: Street) -> None:
    route = route_of(street)
    street.record(K.RUN_STARTED, say.run_started(route.id))
    street.record(K.RUN_ENDED, say.run_ended(route.id))
    assert codes(street.send()[1]) == ["run_unfinished"]


def test_a_bag_and_a_purse_that_differ_are_named(street: Street) -> None:
    route = route_of(street)
    street.record(K.RUN_STARTED, say.run_started(route.id))
    op = street.collect()
    street.record(K.RUN_ENDED, say.run_ended(route.id, [], cash=5_000))
    answer = street.send()[2]
    assert codes(answer) == ["bag_differs", "cash_differs"]
    assert op.payload["label"] in answer["reviews"][0]["detail"]


def test_another_s_route_is_not_begun(street: Street, session: Session) -> None:
    other = make_courier(session, office=street.road.world.office)
    route = make_route(session, other, DAY + timedelta(days=1), [])
    street.record(K.RUN_STARTED, say.run_started(route.id))
    assert looked(street) == ["plan_changed"]


def test_stops_are_reordered_and_unknown_ones_are_looked_at(street: Street, session: Session) -> None:
    roads = [make_road(session, street.road.world) for _ in range(3)]
    route = make_route(
        session, street.road.world.courier, DAY + timedelta(days=1), [[road.collection] for road in roads]
    )
    street.later(days=1)
    first, second, third = [stop.id for stop in route.stops]
    street.record(K.REORDERED, say.reordered(route.id, [third, first, second]))
    assert street.one()["result"] == "applied"
    session.expire_all()
    assert [stop.id for stop in route.stops] == [third, first, second]
    street.record(K.REORDERED, say.reordered(route.id, [second, 999_999]))
    assert looked(street) == ["plan_changed"]
    session.expire_all()
    assert [stop.id for stop in route.stops] == [second, third, first]


def test_a_scanned_envelope_puts_its_door_at_the_end(street: Street, session: Session) -> None:
    road = make_road(session, street.road.world)
    parcel = make_parcel_in_bag(replace(street, road=road), label())
    road.delivery.state, road.delivery.slot, road.delivery.slot_id = (
        ErrandState.SCHEDULED,
        road.world.slot,
        road.world.slot.id,
    )
    session.flush()
    street.record(K.STOP_ADDED, say.stop_added(parcel.code))
    street.record(K.STOP_ADDED, say.stop_added(parcel.code))
    assert [answer["result"] for answer in street.send()] == ["applied", "applied"]
    session.expire_all()
    assert [[errand.id for errand in stop.errands] for stop in route_of(street).stops] == [
        [street.road.collection.id],
        [road.delivery.id],
    ]


def test_a_scanned_envelope_out_of_reach_or_not_to_be_visited_changes_nothing(street: Street, session: Session) -> None:
    road = make_road(session, street.road.world)
    parcel = make_parcel_in_bag(replace(street, road=road), label())
    street.record(K.STOP_ADDED, say.stop_added(parcel.code))
    assert looked(street) == ["errand_moved"]
    road.delivery.state, parcel.holder_id = ErrandState.SCHEDULED, "999"
    session.flush()
    street.record(K.STOP_ADDED, say.stop_added(parcel.code))
    assert looked(street) == ["not_the_holder"]
    street.record(K.STOP_ADDED, say.stop_added(label()))
    assert looked(street) == ["parcel_unknown"]


@pytest.mark.parametrize(("degrees", "expected"), [(0.001, []), (5.0, ["pin_too_far"])])
def test_a_pin_is_put_right_within_its_commune(street: Street, degrees: float, expected: list[str]) -> None:
    place = street.road.request.place
    said = say.pin_corrected(str(place.id), round((place.lon + degrees) * 1e6), round(place.lat * 1e6))
    street.record(K.PIN_CORRECTED, said, street.road.collection)
    assert codes(street.one()) == expected
    street.session.refresh(place)
    assert place.pin_source == ("citizen" if expected else "courier")


def test_a_pin_of_another_office_s_door_stays(street: Street, session: Session) -> None:
    other = make_dossier(session).request.place
    street.record(K.PIN_CORRECTED, say.pin_corrected(str(other.id), 108_000_000, 14_000_000))
    assert looked(street) == ["not_your_errand"]


def test_every_review_has_a_test() -> None:
    told = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [code for code in REVIEWS if not re.search(rf'"{code}"', told)] == []
