"""Us and both systems, side by side, on loopback; what is safe is told again."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.clock import Clock
from app.config import Settings
from app.database import Database
from app.domain.dossier import DossierState
from app.gateways import one_stop
from app.models import Dossier, OutboxMessage, Procedure
from app.services.desks import dossier_steps
from app.worker.context import WorkerContext
from app.worker.reconcile import reconcile
from app.worker.sync_procedures import sync
from integrations.errors import Unavailable
from tests.app.worker.joined import joined, one_stop_at
from tests.factories import NOW, make_dossier, make_request
from tests.factories.links import forget_links
from tests.factories.procedure import make_procedure
from tests.fakes.exchange import FakeExchange
from tests.fakes.partner import Partner, Reply

CODE = "H21.65-261130-0031"


def lay(committed: Database, folder: Path, partner: Partner, state: DossierState | None = None) -> WorkerContext:
    with committed.transaction() as session:
        forget_links(session)
        session.execute(text("update dossier set code = null"))
        dossier = make_dossier(session, make_request(session), code=CODE, state=1)
        if state is not None:
            dossier_steps.move(session, dossier, state, by="staff:1", at=NOW, now=NOW)
    return joined(folder, committed, one_stop_at(partner.url))


def held(context: WorkerContext) -> Dossier:
    with context.database.transaction() as session:
        return session.scalars(select(Dossier).where(Dossier.code == CODE)).one()


def promised(context: WorkerContext) -> int:
    with context.database.transaction() as session:
        return len(session.scalars(select(OutboxMessage)).all())


def test_two_sides_that_agree_are_only_counted(committed: Database, tmp_path: Path) -> None:
    exchange = FakeExchange()
    exchange.dossiers[CODE] = {"MaHoSo": CODE, "TrangThaiHoSo": "1"}
    with Partner(exchange.answer) as partner:
        found = reconcile(lay(committed, tmp_path, partner))
    assert (found.checked, found.agree) == (1, True)


def test_what_they_lost_is_told_again(committed: Database, tmp_path: Path) -> None:
    with Partner(FakeExchange().answer) as partner:
        context = lay(committed, tmp_path, partner, DossierState.ACCEPTED)
        found = reconcile(context)
        again = reconcile(context)
    assert (found.missing_there, found.repaired) == ([CODE], [CODE])
    assert again.missing_there == []  # it is on its way now
    assert promised(context) == 1


def test_their_news_is_taken_over_and_told_as_a_difference_that_was(committed: Database, tmp_path: Path) -> None:
    exchange = FakeExchange()
    exchange.dossiers[CODE] = {"MaHoSo": CODE, "TrangThaiHoSo": "4"}
    with Partner(exchange.answer) as partner:
        context = lay(committed, tmp_path, partner)
        found = reconcile(context)
    assert found.different == [{"what": "dossier", "code": CODE, "here": 1, "there": 4}]
    assert (found.repaired, held(context).state) == ([CODE], 4)


def test_a_refusal_of_theirs_is_left_to_a_person(committed: Database, tmp_path: Path) -> None:
    exchange = FakeExchange()
    exchange.dossiers[CODE] = {"MaHoSo": CODE, "TrangThaiHoSo": "3"}
    with Partner(exchange.answer) as partner:
        context = lay(committed, tmp_path, partner)
        found = reconcile(context)
    assert ([one["there"] for one in found.different], found.repaired, held(context).state) == ([3], [], 1)


def test_an_exchange_that_is_away_is_said_and_nothing_compared(committed: Database, tmp_path: Path) -> None:
    with Partner(FakeExchange().answer) as partner:
        context = lay(committed, tmp_path, partner)
        partner.faults = [Reply(503)] * 3
        with pytest.raises(Unavailable):
            reconcile(context)


def test_one_answer_that_got_lost_is_asked_for_again(committed: Database, tmp_path: Path) -> None:
    exchange = FakeExchange()
    with Partner(exchange.answer) as partner:
        context = lay(committed, tmp_path, partner)
        with committed.transaction() as session:
            make_dossier(session, make_request(session), code="H21.65-261130-0032", state=1)
        for code in (CODE, "H21.65-261130-0032"):
            exchange.dossiers[code] = {"MaHoSo": code, "TrangThaiHoSo": "1"}
        partner.faults = [Reply(503)]
        found = reconcile(context)
    assert (found.checked, found.agree, found.unread) == (2, True, [])


def test_what_nobody_can_read_is_no_agreement(committed: Database, tmp_path: Path) -> None:
    exchange = FakeExchange()
    with Partner(exchange.answer) as partner:
        context = lay(committed, tmp_path, partner)
        exchange.dossiers[CODE] = {"MaHoSo": CODE, "TrangThaiHoSo": "1"}
        client = one_stop(context.settings)
        assert client is not None
        client.find_dossier(CODE)  # logged in: the next answer is the dossier's
        partner.faults = [Reply(200, b"<html>")]
        found = reconcile(context)
    assert (found.checked, found.agree, found.unread) == (0, False, [CODE])


def test_their_older_word_does_not_take_a_sealed_result_back(committed: Database, tmp_path: Path) -> None:
    exchange = FakeExchange()
    with Partner(exchange.answer) as partner:
        context = lay(committed, tmp_path, partner, DossierState.FINISHED)
        with committed.transaction() as session:
            session.execute(text("delete from outbox_message"))
            session.execute(text("update dossier set result_ready_at = now() where code = :code"), {"code": CODE})
        exchange.dossiers[CODE] = {"MaHoSo": CODE, "TrangThaiHoSo": "4"}
        found = reconcile(context)
    assert ([one["there"] for one in found.different], held(context).state) == ([4], 9)
    assert (found.repaired, promised(context)) == ([CODE], 1)  # they are told again that it is finished


def test_without_any_link_there_is_nothing_to_compare(committed: Database, tmp_path: Path) -> None:
    context = WorkerContext(Settings(environment="test", var=tmp_path), committed, Clock(fixed=NOW), keys=None)  # type: ignore[arg-type]  # nothing is signed here
    assert reconcile(context).checked >= 0
    assert sync(context) == {}


def test_a_published_list_that_changed_becomes_a_version(committed: Database, tmp_path: Path) -> None:
    with Partner(FakeExchange().answer) as partner:
        context = lay(committed, tmp_path, partner)
        with committed.transaction() as session:
            session.execute(text("update procedure set current = false"))
            make_procedure(session, code="1.003560", version=77)
        assert sync(context) == {"new_version": 1}
        with committed.transaction() as session:
            fresh = session.scalars(select(Procedure).where(Procedure.current)).one()
            assert (fresh.version, [paper.name for paper in fresh.papers]) == (78, ["Tờ khai", "Giấy chứng sinh"])
        assert sync(context) == {"same": 1}
