"""A person is erased from the terminal: on a legal basis, once everything is over, and custody stays whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL, make_url

from app.cli import main
from app.config import Settings
from app.database import Database, connect
from app.domain.errand import OPEN
from app.models import Errand, ServiceRequest
from tests.app.cli.conftest import enter
from tests.conftest import create_database

BASIS = "Luật 91/2025, yêu cầu thử số 1"


@pytest.fixture
def copied(
    demonstrated: Settings, server_url: URL, worker_id: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """A demonstration of one's own, to change."""
    made = make_url(str(demonstrated.database_url)).database
    url = create_database(server_url, f"cli_erase_{worker_id}", str(made))
    own = replace(demonstrated, database_url=url.render_as_string(hide_password=False))
    database = connect(enter(own, monkeypatch))
    yield database
    database.engine.dispose()


def reference(database: Database, *, still_open: bool) -> str:
    busy = select(Errand.request_id).where(Errand.state.in_(OPEN))
    wanted = ServiceRequest.id.in_(busy) if still_open else ServiceRequest.id.not_in(busy)
    with database.transaction() as session:
        return session.scalars(select(ServiceRequest.reference).where(wanted).order_by(ServiceRequest.id)).first() or ""


def test_an_erased_person_is_gone_and_custody_says_erased(copied: Database, capsys: pytest.CaptureFixture[str]) -> None:
    whom = reference(copied, still_open=False)

    assert main(["erase", whom, "--basis", BASIS]) == 0

    with copied.transaction() as session:
        applicant = session.scalars(select(ServiceRequest).where(ServiceRequest.reference == whom)).one().applicant
        assert (applicant.name, applicant.phone) == (None, None)
    capsys.readouterr()
    assert main(["verify-custody", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["clean"] is True
    assert report["erased"] != []


def test_nobody_is_erased_while_papers_are_on_the_road(copied: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["erase", reference(copied, still_open=True), "--basis", BASIS]) == 2
    assert capsys.readouterr().err.count("\n") == 1
