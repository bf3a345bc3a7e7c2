"""When a door stays shut: evidence, invitations, the office's safe, the sealed return."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import ColumnElement, select

from app.clock import local_day
from app.domain.commands import RecordFailure
from app.domain.custody import EventKind, Holder
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.parcel import ParcelPurpose
from app.domain.templates import LONGEST
from app.models import CustodyEvidence, Message, OutcomeCode, Slot
from app.queries.custody.state import chain_of
from app.services.booking.slots import open_slots
from app.services.desks.handover import hand_over
from app.services.reference.catalogue import OutcomeRow, read_outcomes
from app.services.visits.failures import hold, reason_in_message, record_failure, return_to_desk
from app.texts import LANGUAGES, explain
from app.texts.outcomes import TOLD
from app.unit_of_work import UnitOfWork
from tests.factories import make_dossier
from tests.factories.custody import (
    AT_THE_DOOR,
    Road,
    collected,
    failing,
    handing,
    make_outcome,
    make_road,
    next_operation,
    parcels_of,
    result_out,
)
from tests.repository.sources import is_vietnamese

FIRST = AT_THE_DOOR + timedelta(days=3)  # Friday
MONDAY, TUESDAY = FIRST + timedelta(days=3), FIRST + timedelta(days=4)


def refused(session: UnitOfWork, command: RecordFailure) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refusal:
        record_failure(session, command)
    return refusal.value.code, refusal.value.field


def fail(session: UnitOfWork, road: Road, now: datetime = FIRST, **given: object) -> None:
    record_failure(session, failing(road, now=now, **given))


def on_the_way(session: UnitOfWork) -> Road:
    road = make_road(session)
    result_out(session, road)
    return road


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("known", read_outcomes(), ids=lambda row: row.code)
def test_a_message_about_a_shut_door_sends_nobody_to_a_page(known: OutcomeRow, language: str) -> None:
    reason = reason_in_message(OutcomeCode(citizen_text=known.citizen_text, next_actor=known.next_actor), language)
    assert reason.endswith(".")
    assert len(reason) <= LONGEST["reason"]
    assert not [word for word in ("trang theo dõi", "page", "bản đồ", " map") if word in reason]


def test_what_is_told_of_each_outcome_is_marked_for_the_catalogue() -> None:
    assert {row.code: row.citizen_text for row in read_outcomes()} == TOLD


def test_the_reason_is_said_in_the_readers_language(session: UnitOfWork) -> None:
    road = on_the_way(session)
    road.request.language = "en"
    session.scalars(select(OutcomeCode).where(OutcomeCode.code == "ABSENT")).one().citizen_text = TOLD["ABSENT"]
    fail(session, road)
    (body,) = session.scalars(select(Message.body).where(of_failure()))
    assert "nobody was at home." in body
    assert not is_vietnamese(body.replace(road.world.office.name, ""))


def test_a_failure_keeps_its_outcome_and_number(session: UnitOfWork) -> None:
    road = on_the_way(session)

    attempt = record_failure(session, failing(road))

    assert (attempt.number, attempt.outcome, attempt.counts) == (1, "ABSENT", True)
    assert attempt.evidence["given"] == ["call", "gate_photo"]


def test_what_was_seen_is_erasable(session: UnitOfWork) -> None:
    road = on_the_way(session)

    attempt = record_failure(session, failing(road, evidence={"gate_photo": "cổng xanh", "call": "0900 000 001"}))

    (row,) = session.scalars(
        select(CustodyEvidence).where(CustodyEvidence.commitment.in_(attempt.evidence["commitments"]))
    )
    assert row.payload == {"gate_photo": "cổng xanh", "call": "0900 000 001"}
    assert "0900" not in str(attempt.evidence)


def test_each_outcome_demands_its_evidence(session: UnitOfWork) -> None:
    road = on_the_way(session)

    assert refused(session, failing(road, evidence={"gate_photo": "x", "call": " "})) == (
        "evidence_missing",
        "evidence_call",
    )
    assert road.delivery.state is ErrandState.SCHEDULED


def test_missing_evidence_is_said_in_words(session: UnitOfWork) -> None:
    with pytest.raises(DomainError) as refusal:
        record_failure(session, failing(on_the_way(session), evidence={"call": "8:30"}))

    sentence = explain(refusal.value)
    assert "Vắng nhà" in sentence
    assert "Ảnh cổng nhà" in sentence


def test_a_position_is_evidence(session: UnitOfWork) -> None:
    road = on_the_way(session)
    make_outcome(session, "ADDR_WRONG", "fix", "note", next_actor="citizen")

    attempt = record_failure(
        session, failing(road, outcome="ADDR_WRONG", evidence={"note": "không có số nhà"}, fix=(107.9, 13.9))
    )

    assert attempt.evidence["given"] == ["fix", "note"]
    assert road.delivery.state is ErrandState.FAILED


@pytest.mark.parametrize("outcome", ["DONE", "NOTHING"])
def test_only_known_failures_are_recorded(session: UnitOfWork, outcome: str) -> None:
    assert refused(session, failing(on_the_way(session), outcome=outcome)) == ("outcome_unknown", "outcome")


def test_the_same_report_again_is_the_same_attempt(session: UnitOfWork) -> None:
    road = on_the_way(session)
    command = failing(road)

    assert record_failure(session, command) is record_failure(session, command)


def test_the_citizen_hears_the_reason(session: UnitOfWork) -> None:
    road = on_the_way(session)
    fail(session, road)

    assert "không có ai ở nhà" in session.scalars(select(Message).where(of_failure())).one().body


def messages_of(session: UnitOfWork, road: Road) -> list[str]:
    """What the citizen was told at the delivery's door and after it, in order."""
    mine = select(Message).where(Message.errand_id == road.delivery.id, of_failure())
    return [message.template for message in session.scalars(mine)]


def of_failure() -> ColumnElement[bool]:
    return Message.template.in_(
        ["failed", "failed_scheduled", "failed_held", "held", "rescheduled", "another_day", "slot_gone", "cancelled"]
    )


def rescheduling(road: Road, slot: Slot | None) -> RecordFailure:
    evidence = {"asked_by": "chủ hồ sơ", "channel": "nói tại nhà"} | ({"slot": str(slot.id)} if slot else {})
    return failing(road, now=FIRST, outcome="RESCHEDULED", evidence=evidence)


def later(session: UnitOfWork, road: Road) -> Slot:
    """An open slot after the day of the failed try."""
    choices = open_slots(session, road.world.unit.code, FIRST)
    return session.get_one(Slot, choices[-1].id)


def test_what_happened_and_what_is_next_is_one_message(session: UnitOfWork) -> None:
    road = on_the_way(session)
    before = set(session.scalars(select(Message.id)))
    fail(session, road, FIRST)

    (message,) = session.scalars(select(Message).where(Message.id.not_in(before)))
    assert message.template == "failed_scheduled"
    assert message.body.index("không có ai ở nhà") < message.body.index("Lần tới: ")


def test_what_is_read_the_next_morning_names_the_day_of_the_try(session: UnitOfWork) -> None:
    road = on_the_way(session)
    for evening in (FIRST + timedelta(hours=13), TUESDAY + timedelta(hours=13)):  # 21:30
        record_failure(session, failing(road, occurred_at=evening, now=evening + timedelta(hours=11)))

    bodies = session.scalars(select(Message.body).where(of_failure()).order_by(Message.created_at)).all()
    assert [f"ngày {local_day(day):%d/%m} chưa" in body for day, body in zip((FIRST, TUESDAY), bodies, strict=True)] == [
        True, True,
    ]  # fmt: skip


def test_a_result_that_is_held_is_told_with_what_happened(session: UnitOfWork) -> None:
    road = on_the_way(session)
    fail(session, road, FIRST)
    fail(session, road, TUESDAY)

    assert messages_of(session, road) == ["failed_scheduled", "failed_held"]


def test_a_citizen_who_asks_for_another_day_gets_the_slot_chosen_at_the_door(session: UnitOfWork) -> None:
    road = on_the_way(session)
    make_outcome(session, "RESCHEDULED", "asked_by", "channel")
    slot = later(session, road)

    record_failure(session, rescheduling(road, slot))

    assert (road.delivery.state, road.delivery.slot) == (ErrandState.SCHEDULED, slot)
    assert messages_of(session, road) == ["rescheduled"]


def test_a_slot_that_is_full_by_then_is_told_and_another_asked_for(session: UnitOfWork) -> None:
    road = on_the_way(session)
    make_outcome(session, "RESCHEDULED", "asked_by", "channel")
    slot = later(session, road)
    slot.capacity = 0

    attempt = record_failure(session, rescheduling(road, slot))

    assert road.delivery.state is ErrandState.FAILED
    assert attempt.evidence["slot_gone"] == "slot_full"
    assert messages_of(session, road) == ["slot_gone"]


def test_another_day_without_a_slot_asks_the_citizen_to_choose(session: UnitOfWork) -> None:
    road = on_the_way(session)
    make_outcome(session, "RESCHEDULED", "asked_by", "channel")

    record_failure(session, rescheduling(road, None))

    assert messages_of(session, road) == ["another_day"]


def cancelling(road: Road) -> RecordFailure:
    said = {"asked_by": "chủ hồ sơ", "channel": "nói tại nhà"}
    return failing(road, errand_id=road.collection.id, now=AT_THE_DOOR, outcome="CANCELLED", evidence=said)


def test_a_visit_called_off_at_the_door_ends_with_what_would_have_followed(session: UnitOfWork) -> None:
    road = make_road(session)
    make_outcome(session, "CANCELLED", "asked_by", "channel")

    record_failure(session, cancelling(road))

    assert (road.collection.state, road.delivery.state) == (ErrandState.CANCELLED, ErrandState.CANCELLED)
    assert session.scalars(select(Message.template).where(of_failure())).all() == ["cancelled"]


def test_a_household_whose_first_dossier_was_taken_is_not_called_off(session: UnitOfWork) -> None:
    road = make_road(session)
    make_outcome(session, "CANCELLED", "asked_by", "channel")
    road.collection.dossiers.append(make_dossier(session, road.request, position=2))
    collected(session, road)

    record_failure(session, cancelling(road))

    assert road.collection.state is ErrandState.FAILED


def test_the_second_invitation_comes_two_working_days_later(session: UnitOfWork) -> None:
    road = on_the_way(session)
    fail(session, road, FIRST)

    assert road.delivery.state is ErrandState.SCHEDULED
    assert road.delivery.slot is not None
    assert road.delivery.slot.day == local_day(TUESDAY)


def test_two_invitations_two_working_days_apart_and_the_office_holds(session: UnitOfWork) -> None:
    road = on_the_way(session)
    fail(session, road, FIRST)
    fail(session, road, TUESDAY)

    assert road.delivery.state is ErrandState.HELD
    assert road.delivery.held_until == local_day(TUESDAY) + timedelta(days=15)


def test_one_working_day_apart_is_not_enough(session: UnitOfWork) -> None:
    road = on_the_way(session)
    fail(session, road, FIRST)
    fail(session, road, MONDAY)

    assert road.delivery.state is ErrandState.SCHEDULED


def test_bad_weather_is_no_invitation_and_the_post_comes_again(session: UnitOfWork) -> None:
    road = on_the_way(session)
    for day in range(2):
        fail(session, road, FIRST + timedelta(days=4 * day), outcome="WEATHER", evidence={})

    assert road.delivery.state is ErrandState.SCHEDULED
    assert [attempt.counts for attempt in road.delivery.attempts] == [False, False]


def test_a_refused_result_is_held_without_another_invitation(session: UnitOfWork) -> None:
    road = on_the_way(session)
    make_outcome(session, "REFUSED_OTHER", "note", counts=True)
    fail(session, road, outcome="REFUSED_OTHER", evidence={"note": "không nhận"})

    assert road.delivery.state is ErrandState.HELD


def test_a_wrong_result_goes_back_to_the_desk_at_once(session: UnitOfWork) -> None:
    road = on_the_way(session)
    make_outcome(session, "REFUSED_ERROR", "note", next_actor="desk")
    fail(session, road, outcome="REFUSED_ERROR", evidence={"note": "sai tên"})

    assert (road.delivery.state, road.delivery.held_until) == (ErrandState.HELD, local_day(FIRST))


def test_a_failed_collection_waits_for_the_citizen(session: UnitOfWork) -> None:
    road = make_road(session)
    fail(session, road, AT_THE_DOOR, errand_id=road.collection.id)

    assert road.collection.state is ErrandState.FAILED


def held(session: UnitOfWork) -> tuple[Road, datetime]:
    """In the safe, its days over."""
    road = on_the_way(session)
    make_outcome(session, "MOVED", "informant", next_actor="citizen")
    fail(session, road, outcome="MOVED", evidence={"informant": "hàng xóm"})
    results = parcels_of(session, road, ParcelPurpose.RESULT)
    hand_over(session, handing(road, results, road.courier, road.safe, now=FIRST + timedelta(hours=5)))
    return road, FIRST + timedelta(days=15)


def test_after_its_days_a_result_returns_sealed_to_its_desk(session: UnitOfWork) -> None:
    road, over = held(session)

    (event,) = return_to_desk(session, road.delivery.id, next_operation(), road.by_counter, road.by_clerk, over)

    (result,) = parcels_of(session, road, ParcelPurpose.RESULT)
    assert (event.kind, result.holder, result.holder_id) == (EventKind.RETURNED, Holder.DESK, road.desk.id)
    assert road.delivery.state is ErrandState.RETURNED
    assert session.scalars(select(Message.template).order_by(Message.created_at.desc())).first() == "returned"


def test_a_repeated_return_writes_nothing(session: UnitOfWork) -> None:
    road, over = held(session)
    operation = next_operation()
    first = return_to_desk(session, road.delivery.id, operation, road.by_counter, road.by_clerk, over)

    assert return_to_desk(session, road.delivery.id, operation, road.by_counter, road.by_clerk, over) == first
    (result,) = parcels_of(session, road, ParcelPurpose.RESULT)
    assert len(chain_of(session, result.id)) == result.event_no


def test_a_result_is_not_returned_early(session: UnitOfWork) -> None:
    road, over = held(session)

    with pytest.raises(DomainError) as refusal:
        return_to_desk(
            session, road.delivery.id, next_operation(), road.by_counter, road.by_clerk, over - timedelta(days=1)
        )
    assert refusal.value.code == "still_held"


def test_an_office_may_hold_a_failed_delivery(session: UnitOfWork) -> None:
    road = on_the_way(session)
    make_outcome(session, "FEE_UNPAID", "amount", next_actor="citizen")
    fail(session, road, outcome="FEE_UNPAID", evidence={"amount": "26000"})

    hold(session, road.delivery.id, FIRST)

    assert road.delivery.state is ErrandState.HELD
