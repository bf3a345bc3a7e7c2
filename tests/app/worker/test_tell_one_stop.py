"""Steps of dossiers told to a national exchange on loopback, and what it says heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.clock import Clock
from app.database import Database
from app.domain.commands import DossierGiven
from app.domain.dossier import DossierState
from app.domain.entitlement import DecideEntitlement
from app.domain.parcel import PaperForm, PaperState, ParcelPurpose
from app.models import Dossier, DossierStep, Entitlement, OutboxMessage, Paper
from app.services.booking.book import book
from app.services.booking.entitlements import decide
from app.services.desks import dossier_steps
from app.texts.exchange import PROGRESS
from app.worker.context import WorkerContext
from app.worker.outbox import NotYet, tell
from app.worker.outbox_handlers import HANDLERS
from app.worker.poll_one_stop import poll
from tests.app.worker.joined import joined, one_stop_at
from tests.factories import (
    KEYS,
    NOW,
    make_dossier,
    make_errand,
    make_paper,
    make_procedure,
    make_request,
    make_world,
    wish_for_result,
)
from tests.factories.counter import number
from tests.factories.links import forget_links
from tests.factories.planning import make_parcel
from tests.fakes.exchange import FakeExchange
from tests.fakes.partner import Partner, Reply

CODE = "H21.65-261130-0011"


@dataclass
class Town:
    """A joined installation, its exchange, and one dossier with a code."""

    context: WorkerContext
    exchange: FakeExchange
    partner: Partner
    dossier_id: UUID

    def move(self, state: DossierState, minutes: int = 0) -> UUID:
        at = NOW + timedelta(minutes=minutes)
        with self.context.database.transaction() as session:
            dossier = session.get_one(Dossier, self.dossier_id)
            dossier_steps.move(session, dossier, state, by="staff:1", at=at, now=at)
        with self.context.database.transaction() as session:
            return session.scalars(select(OutboxMessage.id).order_by(OutboxMessage.number.desc())).first() or UUID(
                int=0
            )

    def tell(self, outbox_message_id: UUID) -> str | None:
        return tell(self.context, outbox_message_id, HANDLERS)

    def dossier(self) -> Dossier:
        with self.context.database.transaction() as session:
            return session.get_one(Dossier, self.dossier_id)

    def later(self, minutes: int) -> WorkerContext:
        return replace(self.context, clock=Clock(fixed=NOW + timedelta(minutes=minutes)))

    def theirs(self, **fields: Any) -> None:
        self.exchange.dossiers[CODE] = {"MaHoSo": CODE, "MaTTHC": "1.003560", **fields}


@pytest.fixture
def town(committed: Database, tmp_path: Path) -> Iterator[Town]:
    exchange = FakeExchange()
    with committed.transaction() as session:
        forget_links(session)
        session.execute(text("update dossier set code = null"))
        session.execute(text("update entitlement set state = 'denied' where state = 'to_confirm'"))
        dossier = make_dossier(session, make_request(session), code=CODE, state=1)
        dossier_id = dossier.id
    with Partner(exchange.answer) as partner:
        yield Town(joined(tmp_path, committed, one_stop_at(partner.url)), exchange, partner, dossier_id)
    with committed.transaction() as session:
        forget_links(session)


def test_a_dossier_unknown_there_is_put_and_its_step_reported(town: Town) -> None:
    assert town.tell(town.move(DossierState.ACCEPTED)) == "sent"
    held = town.exchange.dossiers[CODE]
    assert (held["TrangThaiHoSo"], held["KenhThucHien"], held["HinhThuc"]) == ("2", "3", "1")
    assert [(row["MaHoSo"], row["TrangThai"], row["NoiDungXuLy"]) for row in town.exchange.progress] == [
        (CODE, "2", PROGRESS[2])
    ]
    assert town.dossier().seen_state == 2


def test_the_exchange_is_told_which_papers_a_dossier_still_lacks(town: Town) -> None:
    with town.context.database.transaction() as session:
        dossier = session.get_one(Dossier, town.dossier_id)
        dossier.procedure = make_procedure(session, [make_paper(1)], cases=[])
        name = dossier.procedure.papers[0].name
        errand = make_errand(session, dossier.request, dossiers=[dossier])
        parcel = make_parcel(session, errand, purpose=ParcelPurpose.DOSSIER)
        short = PaperState.MISSING
        session.add(Paper(parcel_id=parcel.id, line=1, name=name, form=PaperForm.ORIGINAL, count=1, state=short))

    town.tell(town.move(DossierState.ACCEPTED))

    (row,) = town.exchange.progress
    assert row["NoiDungXuLy"] == f"{PROGRESS[2]}. Hồ sơ còn thiếu, người nộp chưa đưa: {name}."


def test_a_dossier_they_hold_is_not_overwritten_only_its_step_is_told(town: Town) -> None:
    town.theirs(TrangThaiHoSo="1", ChuHoSo="Như cơ quan đã ghi")
    assert town.tell(town.move(DossierState.ACCEPTED)) == "sent"
    assert town.exchange.dossiers[CODE]["ChuHoSo"] == "Như cơ quan đã ghi"
    assert [row["TrangThai"] for row in town.exchange.progress] == ["2"]


def test_a_state_that_is_final_there_is_never_moved_back(town: Town) -> None:
    town.theirs(TrangThaiHoSo="7")
    assert town.tell(town.move(DossierState.ACCEPTED)) == "sent"
    assert town.exchange.progress == []
    assert town.dossier().seen_state == 7


def test_a_step_they_told_us_needs_no_telling(town: Town) -> None:
    with town.context.database.transaction() as session:
        dossier = session.get_one(Dossier, town.dossier_id)
        dossier_steps.learn(session, dossier, DossierState.IN_PROCESS, by="one_stop", at=NOW, now=NOW)
    with town.context.database.transaction() as session:
        assert session.scalars(select(OutboxMessage)).all() == []


def test_a_dossier_without_a_code_is_told_to_nobody(town: Town) -> None:
    with town.context.database.transaction() as session:
        session.get_one(Dossier, town.dossier_id).code = None
    assert town.move(DossierState.ACCEPTED) == UUID(int=0)


def test_an_answer_lost_on_the_way_back_is_asked_for_again_and_tells_nothing_twice(town: Town) -> None:
    outbox_message = town.move(DossierState.ACCEPTED)
    town.partner.faults = [Reply(body=b'{"session": "phien-1", "error_code": 0}')]
    town.exchange.sessions.add("phien-1")
    with town.partner.lock:
        town.partner.faults += [Reply(reset=True)]
    with pytest.raises(NotYet):
        town.tell(outbox_message)
    assert town.tell(outbox_message) == "sent"
    assert list(town.exchange.dossiers) == [CODE]


def test_their_refusal_becomes_a_persons_task_and_holds_back_the_next_step(town: Town) -> None:
    first, second = town.move(DossierState.ACCEPTED), town.move(DossierState.IN_PROCESS, 5)
    town.partner.faults = [
        Reply(body=b'{"session": "phien-1", "error_code": 0}'),
        Reply(body=b'{"error_code": 12, "message": "Sai ma don vi"}'),
    ]
    assert town.tell(first) == "refused"
    assert town.tell(second) is None
    with town.context.database.transaction() as session:
        assert session.get_one(OutboxMessage, first).said == "Sai ma don vi"


# -- what they say when asked


def test_their_news_is_learned_and_not_told_back(town: Town) -> None:
    town.theirs(TrangThaiHoSo="4", NgayHenTra="20261210170000")
    assert poll(town.context) == {"learned": 1}
    dossier = town.dossier()
    assert (dossier.state, dossier.due_on is not None) == (4, True)
    with town.context.database.transaction() as session:
        assert [step.told_by_them for step in session.scalars(select(DossierStep))] == [True]
        assert session.scalars(select(OutboxMessage)).all() == []


def test_what_is_still_on_its_way_to_them_is_no_difference(town: Town) -> None:
    town.theirs(TrangThaiHoSo="4")
    town.move(DossierState.PAPERS_WANTED)
    assert poll(town.context) == {"waiting": 1}
    assert town.dossier().state == 5


def test_nobody_is_asked_twice_within_ten_minutes(town: Town) -> None:
    town.theirs(TrangThaiHoSo="1")
    assert poll(town.context) == {"same": 1}
    assert poll(town.later(9)) == {}
    assert poll(town.later(11)) == {"same": 1}


def test_a_refusal_heard_by_asking_is_a_difference_for_a_person(town: Town) -> None:
    town.theirs(TrangThaiHoSo="3")
    assert poll(town.context) == {"different": 1}
    assert (town.dossier().state, town.dossier().seen_state) == (1, 3)


@pytest.mark.parametrize(("said", "logged"), [("42", "state 42 is"), ("Đã trả ông Nguyễn Văn Thử", "state ? is")])
def test_a_state_in_no_table_moves_nothing_and_names_nobody(
    town: Town, caplog: pytest.LogCaptureFixture, said: str, logged: str
) -> None:
    town.theirs(TrangThaiHoSo=said)
    assert poll(town.context) == {"unknown": 1}
    assert logged in caplog.text
    assert town.dossier().state == 1


def test_a_dossier_whose_answer_cannot_be_read_stops_no_other(town: Town) -> None:
    town.theirs(TrangThaiHoSo={"a": 1})
    assert poll(town.context) == {"unreadable": 1}


@pytest.mark.parametrize(
    ("owner", "came", "state"),
    [
        ({"ChuHoSo": "Nguyễn Văn Thử", "MaDoiTuong": "064090000123"}, "owner_proved", "proved"),
        ({"ChuHoSo": "Nguyên Văn Thử", "MaDoiTuong": "064090000123"}, "owner_known", "to_confirm"),
        ({"ChuHoSo": "Nguyễn Văn Thử"}, "owner_known", "to_confirm"),
        (None, "owner_unknown", "to_confirm"),
    ],
    ids=["the same", "accents differ", "too little told", "no such dossier"],
)
def test_whose_result_somebody_asks_for_is_compared_there(
    town: Town, owner: dict[str, str] | None, came: str, state: str
) -> None:
    code = f"H21.65-261130-{number() % 10_000:04d}"
    with town.context.database.transaction() as session:
        world = make_world(session)
        given = (DossierGiven(world.procedure.code, code=code, owner_id_last4="0123"),)
        asked = book(session, wish_for_result(world, code, dossiers=given), KEYS).dossiers[0].id
    if owner is not None:
        town.exchange.dossiers[code] = {"MaHoSo": code, "MaTTHC": "1.003560", "TrangThaiHoSo": "4", **owner}
    assert poll(town.context)[came] == 1
    with town.context.database.transaction() as session:
        one = session.get_one(Entitlement, asked)
        assert (one.state, one.owner_id_last4) == (state, None if state == "proved" else "0123")
        decide(
            session, DecideEntitlement(asked, one.dossier.desk_id, "staff:1", NOW)
        )  # nobody asks for it in other tests


def test_a_partner_that_is_away_ends_the_round_quietly(town: Town) -> None:
    town.partner.faults = [Reply(503)]
    assert poll(town.context) == {}


def test_a_dossier_that_is_closed_here_is_not_asked_about(town: Town) -> None:
    town.theirs(TrangThaiHoSo="9")
    with town.context.database.transaction() as session:
        session.get_one(Dossier, town.dossier_id).state = 7
    assert poll(town.context) == {}
