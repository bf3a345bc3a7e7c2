"""Where a procedure can be filed online the page says so first, and the post office helps: booked, settled, counted."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.online_help import HelpState
from app.models import OnlineHelp
from app.queries.desks.online_help import help_of_day, helped
from app.services.booking.online_help import settle
from tests.app.web.citizens.walk import TYPED, walk_to_address
from tests.factories import DAY, NOW, World
from tests.factories.online_help import make_online_help

ANSWERS = {"q": TYPED, "half": "morning", "result_by": "post"}


def ask(client: FlaskClient, world: World, **given: str) -> tuple[int, str]:
    path = f"/giup-nop-truc-tuyen/{world.procedure.code}"
    page = client.post(path, data={"q": TYPED, "find": "1"}).text
    days = re.findall(r'<option value="(\d{4}-\d\d-\d\d)"', page)
    answer = client.post(
        path, data={**ANSWERS, "unit": world.unit.code, "ngay": days[0], **given}, follow_redirects=True
    )
    return answer.status_code, answer.text


def test_help_is_offered_before_anything_is_booked(client: FlaskClient, world: World) -> None:
    path = f"/giup-nop-truc-tuyen/{world.procedure.code}"
    assert path in client.get(f"/thu-tuc/{world.procedure.code}").text
    walk_to_address(client, world)
    assert path in client.get("/dat-lich/ho-so").text


def test_what_cannot_be_filed_online_offers_no_help(client: FlaskClient, session: Session, world: World) -> None:
    world.procedure.online_allowed = False
    session.flush()
    path = f"/giup-nop-truc-tuyen/{world.procedure.code}"
    assert path not in client.get(f"/thu-tuc/{world.procedure.code}").text
    assert "chưa nộp trực tuyến được" in client.get(path).text
    answer = client.post(path, data={**ANSWERS, "unit": world.unit.code, "ngay": "2030-01-02"})
    assert (answer.status_code, session.scalars(select(OnlineHelp)).all()) == (422, [])


def test_an_appointment_needs_no_name_and_ends_with_a_reference(
    client: FlaskClient, session: Session, world: World
) -> None:
    status, page = ask(client, world)
    (row,) = session.scalars(select(OnlineHelp))
    assert status == 200
    assert row.reference in page
    assert world.office.name in page
    assert "bưu tá mang kết quả về nhà" in page
    assert (row.office_id, row.state) == (world.office.id, HelpState.ASKED)


@pytest.mark.parametrize(
    "wrong", [{"half": "x"}, {"result_by": ""}, {"ngay": "2020-01-01"}, {"ngay": "x"}, {"unit": "1"}]
)
def test_a_wrong_answer_is_asked_again(
    client: FlaskClient, session: Session, world: World, wrong: Mapping[str, str]
) -> None:
    assert ask(client, world, **wrong)[0] == 422
    assert session.scalars(select(OnlineHelp)).all() == []


def test_what_was_answered_stays_when_something_is_asked_again(client: FlaskClient, world: World) -> None:
    status, page = ask(client, world, half="")
    assert status == 422
    assert re.search(r'<option value="[0-9-]{10}" selected', page)
    assert re.search(r'value="post"[^>]* checked', page)
    assert re.search(rf'value="{world.unit.code}"[^>]* checked', page)


def test_help_is_settled_once_by_its_own_office_and_counted(session: Session, world: World) -> None:
    row = make_online_help(session, world)
    make_online_help(session, world)
    with pytest.raises(DomainError, match="not_found"):
        settle(session, row.reference, HelpState.FILED, "staff:1", NOW, {0})
    settle(session, row.reference, HelpState.FILED, "staff:1", NOW, {world.office.id})
    with pytest.raises(DomainError, match="help_settled"):
        settle(session, row.reference, HelpState.ABSENT, "staff:1", NOW, None)
    assert helped(session, DAY.replace(day=1), DAY, None) == {HelpState.FILED: 1, HelpState.ASKED: 1}


def test_who_was_forgotten_stands_ahead_of_today(session: Session, world: World) -> None:
    today = make_online_help(session, world)
    forgotten = make_online_help(session, world, day=DAY.replace(year=DAY.year - 1))
    assert list(help_of_day(session, DAY, {world.office.id})) == [forgotten, today]
    assert list(help_of_day(session, DAY, {0})) == []
