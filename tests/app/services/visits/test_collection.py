"""At the door: exactly the published papers, one envelope, one seal."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.domain.checklist import Tick
from app.domain.commands import CollectDossier, PaperTicked
from app.domain.custody import Holder
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.parcel import PaperForm, ParcelPurpose, parse_s10
from app.models import Attempt, Message, Parcel, Seal
from app.queries.custody.state import checklist_of
from app.services.visits.collection import collect
from app.unit_of_work import UnitOfWork
from tests.factories import make_dossier, make_paper, make_procedure, make_world
from tests.factories.custody import TICKS, collected, collecting, make_road, parcels_of, result_out

IN, MISSING = PaperTicked(Tick.IN_ENVELOPE), PaperTicked(Tick.MISSING)


def refused(session: UnitOfWork, command: CollectDossier) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refusal:
        collect(session, command)
    return refusal.value.code, refusal.value.field


def test_the_courier_leaves_with_a_sealed_envelope(session: UnitOfWork) -> None:
    road = make_road(session)

    parcel = collected(session, road, seal_number="tn 123 456")

    assert (parcel.holder, parcel.holder_id) == (Holder.COURIER, str(road.world.courier.id))
    assert parse_s10(parcel.code) == parcel.code
    assert session.scalars(select(Seal.number).where(Seal.parcel_id == parcel.id)).all() == ["TN123456"]
    assert [(paper.line, paper.form, paper.count) for paper in parcel.papers] == [
        (1, PaperForm.ORIGINAL, 1),
        (3, PaperForm.CERTIFIED, 2),
    ]


def test_the_errand_is_done_with_one_attempt(session: UnitOfWork) -> None:
    road = make_road(session)

    parcel = collected(session, road)

    attempt = session.scalars(select(Attempt).where(Attempt.errand_id == road.collection.id)).one()
    assert road.collection.state is ErrandState.DONE
    assert (attempt.number, attempt.outcome) == (1, "DONE")
    assert attempt.evidence == {"parcels": [parcel.code], "in_part": False}


def test_the_citizen_is_told_the_parcel_s_code(session: UnitOfWork) -> None:
    road = make_road(session)

    parcel = collected(session, road)

    message = session.scalars(select(Message).where(Message.template == "collected")).one()
    assert parcel.code in message.body


def test_the_same_operation_again_gets_the_same_envelope(session: UnitOfWork) -> None:
    road = make_road(session)
    command = collecting(road)

    assert collect(session, command) is collect(session, command)
    assert session.scalar(select(func.count()).select_from(Parcel)) == 1


def test_a_household_s_second_dossier_closes_the_visit(session: UnitOfWork) -> None:
    road = make_road(session)
    second = make_dossier(session, road.request, procedure=road.world.procedure, desk=road.world.desk)
    road.collection.dossiers.append(second)
    session.flush()

    collected(session, road)
    after_the_first = road.collection.state
    collected(session, road, dossier_id=second.id)

    assert (after_the_first, road.collection.state) == (ErrandState.UNDER_WAY, ErrandState.DONE)


def test_a_paper_outside_the_list_is_refused_and_leaves_no_trace(session: UnitOfWork) -> None:
    road = make_road(session)

    assert refused(session, collecting(road, papers={**TICKS, 9: IN})) == ("paper_outside_list", "paper_9")
    assert parcels_of(session, road, ParcelPurpose.DOSSIER) == []
    assert road.collection.state is ErrandState.PLANNED


def test_only_the_papers_of_the_case_are_asked(session: UnitOfWork) -> None:
    road = make_road(session)

    assert refused(session, collecting(road, cases=("proxy",))) == ("paper_unanswered", "paper_2")
    assert refused(session, collecting(road, papers={**TICKS, 2: IN})) == ("paper_outside_list", "paper_2")


def test_the_case_is_asked_first(session: UnitOfWork) -> None:
    road = make_road(session)

    assert refused(session, collecting(road, cases=())) == ("case_unanswered", "cases")


def test_what_is_missing_is_remembered_with_taken_in_part(session: UnitOfWork) -> None:
    road = make_road(session)
    papers = {1: IN, 3: MISSING}

    assert refused(session, collecting(road, papers=papers)) == ("papers_missing", "taken_in_part")
    parcel = collected(session, road, papers=papers, taken_in_part=True)

    attempt = session.scalars(select(Attempt).where(Attempt.errand_id == road.collection.id)).one()
    assert attempt.evidence["in_part"] is True
    ticked = checklist_of(session, parcel.id)
    assert ticked is not None
    assert ticked["papers"]["3"] == ["missing", "original", 1]


def test_the_citizen_is_told_how_many_papers_were_taken_of_how_many(session: UnitOfWork) -> None:
    road = make_road(session)

    collected(session, road, papers={1: IN, 3: MISSING}, taken_in_part=True)

    (message,) = session.scalars(select(Message).where(Message.template.startswith("collected")))
    assert "đã nhận 1 trên 2 loại giấy tờ" in message.body


def test_a_message_names_no_paper_that_is_missing(session: UnitOfWork) -> None:
    road = make_road(session)

    collected(session, road, papers={1: IN, 3: MISSING}, taken_in_part=True)

    (message,) = session.scalars(select(Message).where(Message.template.startswith("collected")))
    assert not [paper.name for paper in road.dossier.procedure.papers if paper.name in message.body]


def test_a_seal_is_used_once(session: UnitOfWork) -> None:
    world = make_world(session)
    road, other = make_road(session, world), make_road(session, world)
    collected(session, road, seal_number="TNSAME001")

    assert refused(session, collecting(other, seal_number="TNSAME001")) == ("seal_used", "seal_number")


def test_a_label_is_used_once(session: UnitOfWork) -> None:
    world = make_world(session)
    road, other = make_road(session, world), make_road(session, world)
    parcel = collected(session, road)

    assert refused(session, collecting(other, parcel_code=parcel.code)) == ("parcel_code_used", "parcel_code")


def test_a_label_with_a_typo_is_refused(session: UnitOfWork) -> None:
    road = make_road(session)

    assert refused(session, collecting(road, parcel_code="RT473124828VN"))[0] == "parcel_code_malformed"


def test_a_dossier_is_collected_once(session: UnitOfWork) -> None:
    road = make_road(session)
    collected(session, road)

    assert refused(session, collecting(road))[0] == "dossier_already_collected"


def test_a_dossier_of_another_errand_is_refused(session: UnitOfWork) -> None:
    world = make_world(session)
    road, other = make_road(session, world), make_road(session, world)

    assert refused(session, collecting(road, dossier_id=other.dossier.id))[0] == "dossier_not_of_errand"


def test_a_cancelled_visit_takes_nothing(session: UnitOfWork) -> None:
    road = make_road(session)
    road.collection.state = ErrandState.CANCELLED
    session.flush()

    assert refused(session, collecting(road))[0] == "errand_step_refused"


def test_originals_due_go_into_a_new_envelope_bound_for_the_desk(session: UnitOfWork) -> None:
    procedure = make_procedure(session, [make_paper(1), make_paper(2)], cases=[], originals_due=True)
    road = make_road(session, procedure=procedure)
    copy = {1: IN, 2: PaperTicked(Tick.IN_ENVELOPE, PaperForm.COPY)}
    collect_first = {"papers": copy, "cases": ()}
    result_out(session, road, **collect_first)

    parcel = collected(session, road, errand_id=road.delivery.id, papers={2: IN}, cases=())

    assert parcel.purpose is ParcelPurpose.PAPERS_DUE
    assert [paper.line for paper in parcel.papers] == [2]
    assert road.delivery.state is ErrandState.UNDER_WAY


def test_originals_due_are_not_taken_in_part(session: UnitOfWork) -> None:
    procedure = make_procedure(session, [make_paper(1), make_paper(2)], cases=[], originals_due=True)
    road = make_road(session, procedure=procedure)
    both = {1: PaperTicked(Tick.IN_ENVELOPE, PaperForm.COPY), 2: PaperTicked(Tick.IN_ENVELOPE, PaperForm.COPY)}
    result_out(session, road, papers=both, cases=())

    command = collecting(road, errand_id=road.delivery.id, papers={1: IN, 2: MISSING}, cases=(), taken_in_part=True)
    assert refused(session, command)[0] == "papers_missing"


def test_a_delivery_without_originals_due_has_nothing_to_collect(session: UnitOfWork) -> None:
    road = make_road(session)
    result_out(session, road)

    assert refused(session, collecting(road, errand_id=road.delivery.id))[0] == "nothing_to_collect"
