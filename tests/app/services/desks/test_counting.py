"""At the desk: counted against the signed list; papers change here and nowhere else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.domain.commands import CountPapers
from app.domain.custody import EventKind, Holder
from app.domain.dossier import DossierState
from app.domain.errors import DomainError, DomainErrors
from app.domain.parcel import PaperState
from app.models import AuditEvent, Message, Seal
from app.queries.custody.state import chain_of
from app.services.desks.counting import count_papers, waive_papers_due
from app.services.desks.handover import hand_over
from app.unit_of_work import UnitOfWork
from tests.factories import make_world
from tests.factories.custody import (
    AT_THE_DOOR,
    accepted,
    at_desk,
    collected,
    counting,
    handing,
    make_road,
    result_out,
)


def refused(session: UnitOfWork, command: CountPapers) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refusal:
        count_papers(session, command)
    return refusal.value.code, refusal.value.field


def test_a_full_count_accepts_the_dossier(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = at_desk(session, road)
    command = counting(road, parcel)

    count_papers(session, command)

    assert (road.dossier.code, road.dossier.due_on) == (command.dossier_code, command.due_on)
    assert road.dossier.state == DossierState.ACCEPTED
    assert {paper.state for paper in parcel.papers} == {PaperState.TAKEN_OUT}


def test_opening_breaks_the_seal_and_leaves_the_parcel_at_the_desk(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = accepted(session, road)

    seal = session.scalars(select(Seal).where(Seal.parcel_id == parcel.id)).one()
    last = chain_of(session, parcel.id)[-1]

    assert seal.broken_at is not None
    assert (last.kind, parcel.holder, parcel.gap) == (EventKind.OPENED, Holder.DESK, False)
    assert last.actor == f"{road.by_clerk}+{road.by_counter}"


def test_papers_do_not_change_before_the_opening(session: UnitOfWork) -> None:
    parcel = at_desk(session, make_road(session))

    assert {paper.state for paper in parcel.papers} == {PaperState.IN_PARCEL}


def test_a_short_line_is_split_into_found_and_missing(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = at_desk(session, road)

    count_papers(session, counting(road, parcel, counts={1: 1, 3: 1}))

    assert [(paper.line, paper.count, paper.state) for paper in parcel.papers] == [
        (1, 1, PaperState.TAKEN_OUT),
        (3, 1, PaperState.TAKEN_OUT),
        (3, 1, PaperState.MISSING),
    ]
    assert road.dossier.state == DossierState.PAPERS_WANTED


def test_the_citizen_hears_of_missing_papers(session: UnitOfWork) -> None:
    road = make_road(session)

    count_papers(session, counting(road, at_desk(session, road), counts={1: 0, 3: 2}))

    assert (
        session.scalars(select(Message).where(Message.template == "papers_wanted")).one().request_id == road.request.id
    )


def test_the_citizen_hears_the_code_and_the_due_date(session: UnitOfWork) -> None:
    road = make_road(session)
    accepted(session, road)

    message = session.scalars(select(Message).where(Message.template == "accepted_until")).one()

    assert road.dossier.code is not None
    assert road.dossier.code in message.body
    assert "04/12/2026" in message.body


def test_the_same_count_again_changes_nothing(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = at_desk(session, road)
    command = counting(road, parcel, counts={1: 1, 3: 1})
    count_papers(session, command)

    count_papers(session, command)

    assert (parcel.event_no, len(parcel.papers)) == (4, 3)


def test_a_second_count_is_refused(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = accepted(session, road)

    assert refused(session, counting(road, parcel))[0] == "already_opened"


@pytest.mark.parametrize(
    ("counts", "answer"),
    [
        ({1: 1}, ("paper_uncounted", "paper_3")),
        ({1: 1, 3: -1}, ("paper_uncounted", "paper_3")),
        ({1: 1, 3: 2, 8: 1}, ("paper_not_on_list", "paper_8")),
        ({1: 1, 3: 3}, ("more_than_listed", "paper_3")),
    ],
)
def test_the_count_follows_the_signed_list(
    session: UnitOfWork, counts: dict[int, int], answer: tuple[str, str]
) -> None:
    road = make_road(session)
    parcel = at_desk(session, road)

    assert refused(session, counting(road, parcel, counts=counts)) == answer


def test_a_count_that_differs_names_the_paper_before_anything_is_written(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = at_desk(session, road)
    paper = next(paper for paper in parcel.papers if paper.line == 3)

    with pytest.raises(DomainErrors) as refusal:
        count_papers(session, counting(road, parcel, counts={1: 1, 3: 1}, recounted=False))

    assert [(one.field, one.params["paper"]) for one in refusal.value.errors] == [("paper_3", paper.name)]
    assert {paper.state for paper in parcel.papers} == {PaperState.IN_PARCEL}


def test_the_count_is_signed_by_both(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = at_desk(session, road)

    assert refused(session, counting(road, parcel, confirmed_by=""))[0] == "confirmation_missing"
    assert refused(session, counting(road, parcel, confirmed_by=road.by_clerk))[0] == "confirmation_by_oneself"


def test_a_desk_counts_only_what_lies_there(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    hand_over(session, handing(road, [parcel], road.courier, road.safe))

    assert refused(session, counting(road, parcel))[0] == "not_the_holder"


def test_a_result_is_not_opened_at_the_desk(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = result_out(session, road)

    assert refused(session, counting(road, parcel))[0] == "not_for_the_desk"


def test_a_dossier_code_belongs_to_one_dossier(session: UnitOfWork) -> None:
    world = make_world(session)
    road, other = make_road(session, world), make_road(session, world)
    accepted(session, road)
    parcel = at_desk(session, other)

    code, field = refused(session, counting(other, parcel, dossier_code=road.dossier.code))

    assert (code, field) == ("dossier_code_taken", "dossier_code")


def test_waiving_originals_is_written_down(session: UnitOfWork) -> None:
    road = make_road(session)

    waive_papers_due(session, road.delivery.id, road.by_clerk, AT_THE_DOOR)

    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "waive_papers_due")).one()
    assert road.delivery.papers_due_waived
    assert event.actor == road.by_clerk


def test_there_is_nothing_to_waive_for_a_collection(session: UnitOfWork) -> None:
    road = make_road(session)

    with pytest.raises(DomainError) as refusal:
        waive_papers_due(session, road.collection.id, road.by_clerk, AT_THE_DOOR)
    assert refusal.value.code == "nothing_to_waive"
