"""At the door with a result: whose hands, which proof, what follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.checklist import Tick
from app.domain.commands import DeliverResult, PaperTicked
from app.domain.custody import Holder
from app.domain.dossier import DossierState
from app.domain.errand import ErrandState, ProofKind
from app.domain.errors import DomainError
from app.domain.parcel import PaperForm, ParcelPurpose
from app.models import Attempt, CustodyEvidence, HandoverCode, Message, NamedReceiver
from app.queries.custody.state import code_rates, unconfirmed
from app.services.desks.counting import waive_papers_due
from app.services.messaging.handover_codes import issue
from app.services.visits.delivery import ask_to_confirm, deliver
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, make_paper, make_procedure
from tests.factories.custody import (
    AT_THE_DOOR,
    Road,
    accepted,
    collected,
    delivering,
    make_road,
    parcels_of,
    result_out,
)

EVENING = AT_THE_DOOR + timedelta(days=1, hours=9)


def refused(session: UnitOfWork, command: DeliverResult) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refusal:
        deliver(session, command, KEYS)
    return refusal.value.code, refusal.value.field


def on_the_way(session: UnitOfWork) -> tuple[Road, str]:
    """A result in the courier's bag and the citizen's code."""
    road = make_road(session)
    result_out(session, road)
    return road, issue(session, road.delivery, ProofKind.CODE, EVENING, KEYS)


def told(session: Session, road: Road) -> list[str]:
    said = select(Message.template).where(Message.errand_id == road.delivery.id).order_by(Message.created_at)
    return list(session.scalars(said))


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"receiver_name": "siu thu nhan", "receiver_relation": "family", "id_last4": "0042"}, "named"),
        ({"receiver_name": "Siu Thử Nhận", "receiver_relation": "family", "id_last4": "0043"}, "other"),
        ({"receiver_name": "Lê Văn Khác", "receiver_relation": "authorised", "id_last4": "0042"}, "other"),
        ({}, None),  # who asked took it
    ],
)
def test_who_took_it_is_compared_with_who_was_named(
    session: UnitOfWork, given: dict[str, str], match: str | None
) -> None:
    road, code = on_the_way(session)
    road.request.applicant.name = "Trần Thị Thử"
    named = {"name": "Siu Thử Nhận", "relation": "family", "id_last4": "0042", "named_by": "x", "named_at": EVENING}
    session.add(NamedReceiver(request_id=road.request.id, **named))
    session.flush()
    session.refresh(road.request)
    attempt = deliver(session, delivering(road, code=code, **given), KEYS)
    assert attempt.evidence.get("receiver") == match
    assert road.delivery.state is ErrandState.DONE  # it has happened: nothing is undone


def test_the_right_code_confirms_the_delivery(session: UnitOfWork) -> None:
    road, code = on_the_way(session)

    attempt = deliver(session, delivering(road, code=code), KEYS)

    assert attempt.evidence["proof"] == "code_confirmed"
    assert (road.delivery.state, road.dossier.state) == (ErrandState.DONE, DossierState.RESULT_RETURNED)
    assert told(session, road)[-1] == "delivered"


def test_a_wrong_code_never_takes_the_delivery_back(session: UnitOfWork) -> None:
    road, code = on_the_way(session)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    attempt = deliver(session, delivering(road, code=wrong), KEYS)

    (result,) = parcels_of(session, road, ParcelPurpose.RESULT)
    assert (road.delivery.state, result.holder) == (ErrandState.DONE, Holder.CITIZEN)
    assert attempt.evidence["proof"] == "code_not_confirmed"
    assert told(session, road)[-1] == "delivered_unconfirmed"


def test_the_coordinator_sees_the_flag_and_the_courier_s_rate(session: UnitOfWork) -> None:
    road, _ = on_the_way(session)

    attempt = deliver(session, delivering(road, code="000000x"), KEYS)
    session.flush()

    assert [row.id for row in unconfirmed(session, [road.world.office.id])] == [attempt.id]
    (rate,) = code_rates(session, [road.world.office.id])
    assert (rate.courier_id, rate.delivered, rate.not_confirmed, rate.share) == (road.world.courier.id, 1, 1, 1.0)


def test_a_code_is_tried_once_an_attempt(session: UnitOfWork) -> None:
    road, _ = on_the_way(session)
    command = delivering(road, code="999999")

    first, again = deliver(session, command, KEYS), deliver(session, command, KEYS)

    assert first is again
    assert session.get_one(HandoverCode, road.delivery.id).tries == 1


def test_papers_prove_it_where_no_code_was_asked(session: UnitOfWork) -> None:
    road, _ = on_the_way(session)
    road.delivery.proof = ProofKind.ID_CHECK

    attempt = deliver(session, delivering(road), KEYS)

    jobs = session.execute(text("select task_name from procrastinate_jobs")).scalars().all()
    assert attempt.evidence["proof"] == "id_checked"
    assert "confirm_proof" in jobs


def test_the_next_day_the_citizen_is_asked(session: UnitOfWork) -> None:
    road, _ = on_the_way(session)
    deliver(session, delivering(road), KEYS)

    ask_to_confirm(session, road.delivery.id, AT_THE_DOOR + timedelta(days=4))

    assert told(session, road)[-1] == "asked_to_confirm"


def test_who_took_it_is_kept_only_in_erasable_evidence(session: UnitOfWork) -> None:
    road, code = on_the_way(session)

    attempt = deliver(session, delivering(road, code=code, fix=(107.9, 13.9)), KEYS)

    kept = session.scalars(
        select(CustodyEvidence).where(CustodyEvidence.commitment.in_(attempt.evidence["commitments"]))
    ).all()
    assert {row.kind for row in kept} == {"receiver", "position"}
    assert {row.applicant_id for row in kept} == {road.request.applicant_id}
    assert "Trần Thị Thử" not in str(attempt.evidence)


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"seal_whole": False}, ("seal_not_whole", "seal_whole")),
        ({"receiver_name": " "}, ("receiver_missing", "receiver_name")),
        ({"receiver_relation": "neighbour"}, ("relation_unknown", "receiver_relation")),
        ({"id_last4": ""}, ("id_needed", "id_last4")),
        ({"id_last4": "123456789012"}, ("id_needed", "id_last4")),
        ({"code": "123456", "receiver_relation": "authorised", "id_kind": ""}, ("id_needed", "id_last4")),
    ],
)
def test_the_door_is_checked_field_by_field(
    session: UnitOfWork, given: dict[str, object], answer: tuple[str, str]
) -> None:
    road, _ = on_the_way(session)

    assert refused(session, delivering(road, **given)) == answer
    assert road.delivery.state is ErrandState.SCHEDULED


def test_with_a_code_the_owner_shows_no_papers(session: UnitOfWork) -> None:
    road, code = on_the_way(session)

    owner = str(road.request.applicant.name)
    attempt = deliver(session, delivering(road, code=code, receiver_name=owner, id_kind="", id_last4=""), KEYS)

    assert attempt.evidence["proof"] == "code_confirmed"


@pytest.mark.parametrize(("name", "relation"), [("Trần Thị Thử", "self"), ("Trần Thị Thử", "family")])
def test_who_is_not_on_file_shows_papers_whatever_code_they_have(session: UnitOfWork, name: str, relation: str) -> None:
    road, code = on_the_way(session)
    asked = {"code": code, "receiver_name": name, "receiver_relation": relation}

    assert refused(session, delivering(road, **asked, id_kind="", id_last4="")) == ("id_needed", "id_last4")
    attempt = deliver(session, delivering(road, **asked, id_kind="CCCD", id_last4="0123"), KEYS)
    assert attempt.evidence["proof"] == "code_confirmed"


def test_a_name_typed_without_its_accents_is_still_the_owners(session: UnitOfWork) -> None:
    road, code = on_the_way(session)
    road.request.applicant.name = "Trần Thị Thử"
    session.flush()
    given = {"code": code, "receiver_name": "tran thi thu", "id_kind": "", "id_last4": ""}
    assert deliver(session, delivering(road, **given), KEYS).evidence["proof"] == "code_confirmed"


def test_a_courier_gives_only_what_is_in_the_bag(session: UnitOfWork) -> None:
    road, _ = on_the_way(session)
    (result,) = parcels_of(session, road, ParcelPurpose.RESULT)
    result.holder, result.holder_id = Holder.OFFICE_SAFE, road.safe.id
    session.flush()

    assert refused(session, delivering(road))[0] == "not_the_holder"


def test_without_a_result_nothing_is_given(session: UnitOfWork) -> None:
    road = make_road(session)
    accepted(session, road)
    road.delivery.state = ErrandState.PLANNED
    session.flush()

    assert refused(session, delivering(road))[0] == "nothing_to_deliver"


def test_a_second_delivery_is_refused(session: UnitOfWork) -> None:
    road, code = on_the_way(session)
    deliver(session, delivering(road, code=code), KEYS)

    assert refused(session, delivering(road, code=code))[0] == "errand_step_refused"


def with_originals_due(session: UnitOfWork) -> Road:
    procedure = make_procedure(session, [make_paper(1)], cases=[], originals_due=True)
    road = make_road(session, procedure=procedure)
    copy = {1: PaperTicked(Tick.IN_ENVELOPE, PaperForm.COPY)}
    result_out(session, road, papers=copy, cases=())
    return road


def test_originals_due_come_before_the_result(session: UnitOfWork) -> None:
    road = with_originals_due(session)
    assert refused(session, delivering(road))[0] == "papers_due_first"

    original = {1: PaperTicked(Tick.IN_ENVELOPE)}
    collected(session, road, errand_id=road.delivery.id, papers=original, cases=())
    deliver(session, delivering(road), KEYS)

    (due,) = parcels_of(session, road, ParcelPurpose.PAPERS_DUE)
    (result,) = parcels_of(session, road, ParcelPurpose.RESULT)
    assert (due.holder, result.holder) == (Holder.COURIER, Holder.CITIZEN)


def test_the_desk_may_waive_originals(session: UnitOfWork) -> None:
    road = with_originals_due(session)
    waive_papers_due(session, road.delivery.id, road.by_clerk, AT_THE_DOOR)

    attempt = deliver(session, delivering(road), KEYS)

    assert isinstance(attempt, Attempt)
