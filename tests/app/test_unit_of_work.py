"""What a transaction remembers: rows that wait for the next flush, what a batch says at its end, questions asked once."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.parcel import ParcelPurpose
from app.models import CustodyEvidence, Message, Seal
from app.services.custody import chains, sealing
from app.services.messaging import messages
from app.unit_of_work import BatchMemory, Prefetched, UnitOfWork
from tests.factories import NOW, make_request
from tests.factories.custody import AT_THE_DOOR, make_road, next_seal


def remembering(prefetched: Prefetched | None = None) -> BatchMemory:
    return BatchMemory(errands={}, open_elsewhere=(), labels=(), scanned=set(), prefetched=prefetched)


def smooth() -> BatchMemory:
    """Of a batch that is rolled back as a whole."""
    return remembering(Prefetched(frozenset(), envelopes={}, attempts={}, codes={}, chains={}))


def evidence(letter: str) -> CustodyEvidence:
    return CustodyEvidence(commitment=letter * 64, kind="seal", salt="s", payload={})


COUNT = select(func.count()).select_from(CustodyEvidence)


def written(work: UnitOfWork) -> int:
    """What is in the database: the connection is asked, not the session."""
    return work.connection().execute(COUNT).scalar_one()


def test_what_waits_is_there_for_whoever_asks(session: UnitOfWork) -> None:
    with session.batch_of(smooth()):
        session.add_later(evidence("a"))
        session.add_later(evidence("b"))
        assert written(session) == 0
        assert session.scalars(COUNT).one() == 2


def test_what_waits_goes_on_waiting_where_a_question_flushes_nothing(session: UnitOfWork) -> None:
    with session.batch_of(smooth()):
        session.add_later(evidence("a"))
        with session.no_autoflush:
            assert session.scalars(COUNT).one() == 0
    assert written(session) == 1


def test_what_waits_is_written_before_a_savepoint_and_outlives_it(session: UnitOfWork) -> None:
    with session.batch_of(smooth()):
        session.add_later(evidence("a"))
        session.begin_nested().rollback()
        assert written(session) == 1


def test_what_waits_comes_behind_the_rows_it_points_at(session: UnitOfWork) -> None:
    dossier, number = make_road(session).dossier, next_seal()
    with session.batch_of(smooth()):
        made = sealing.make_parcel(session, dossier, ParcelPurpose.DOSSIER, None, Party(Holder.CITIZEN), AT_THE_DOOR)
        sealing.apply_seal(session, made, number, AT_THE_DOOR)
    assert session.get_one(Seal, number).parcel_id == made.id


def test_what_breaks_a_rule_shows_itself_and_is_forgotten(session: UnitOfWork) -> None:
    session.add(evidence("a"))
    session.flush()
    with pytest.raises(IntegrityError), session.begin_nested(), session.batch_of(smooth()):
        session.add_later(evidence("a"))
    assert session.batch is None
    assert session.scalars(COUNT).one() == 1


def test_a_row_waits_only_in_a_batch_that_is_rolled_back_as_a_whole(session: UnitOfWork) -> None:
    alone, careful = evidence("a"), evidence("b")
    session.add_later(alone)
    with session.batch_of(remembering()):
        session.add_later(careful)
        assert set(session.new) == {alone, careful}


def test_a_savepoint_that_is_rolled_back_takes_back_what_the_batch_was_to_say(session: UnitOfWork) -> None:
    memory, request = remembering(), make_request(session)

    def say(trigger: str, template: str) -> None:
        with session.savepoint():
            chains.remember(session, "seal", {}, None)
            messages.tell(session, request, None, "courier_on_way", NOW, trigger)
            messages.tell(session, request, None, template, NOW, f"{trigger}, more")

    with session.batch_of(memory):
        say("first", "courier_on_way")
        with pytest.raises(DomainError, match="template_unknown"):
            say("second", "no such template")
    assert [row["trigger"] for row in memory.messages] == ["first", "first, more"]
    assert len(memory.evidence) == 1
    assert session.scalars(select(Message)).all() == []  # who made the batch promises them


def test_a_question_is_asked_anew_unless_its_answers_are_kept(session: UnitOfWork) -> None:
    asked: list[str] = []

    def office_of(_: Session, code: str) -> str:
        asked.append(code)
        return code.upper()

    assert [session.once(office_of, "a"), session.once(office_of, "a")] == ["A", "A"]
    session.answers = {}
    assert [session.once(office_of, code) for code in ("b", "b", "c")] == ["B", "B", "C"]
    assert asked == ["a", "a", "b", "c"]
