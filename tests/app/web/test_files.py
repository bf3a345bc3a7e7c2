"""Who may look at a photograph or a signature, and what is written down first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import gateways
from app.clock import Clock
from app.config import Settings, load_keys
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.operation import FileKind
from app.factory import create_app
from app.models import AuditEvent, Errand, FileUse, StoredFile
from app.services.evidence import vault
from app.unit_of_work import UnitOfWork
from app.web import files as pages
from tests.app.web.citizens.test_account import _sign_in
from tests.app.web.citizens.walk import PHONE
from tests.app.web.conftest import OuterTransaction, SignIn
from tests.factories import NOW, World, make_desk, make_errand, make_office, make_request, make_staff, make_world
from tests.factories.files import Picture, bring, make_operation, make_picture, make_use
from tests.factories.phone import make_device


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    """With a store of this test's own."""
    return replace(settings, files=f"file://{tmp_path}/tep")


@pytest.fixture
def flask_app(own: Settings, session: UnitOfWork) -> Flask:
    return create_app(own, database=OuterTransaction(session), clock=Clock(fixed=NOW))


@pytest.fixture
def world(session: UnitOfWork) -> World:
    return make_world(session)


@pytest.fixture
def errand(session: UnitOfWork, world: World) -> Errand:
    return make_errand(session, make_request(session, unit=world.unit), office=world.office)


@pytest.fixture
def picture(session: UnitOfWork, world: World, errand: Errand, own: Settings) -> Picture:
    """The envelope at this errand's door, arrived and still waiting for the store."""
    keys = load_keys(own)
    picture = make_picture(keys=keys)
    device = make_device(session, world.courier)
    make_use(session, picture.sha256, make_operation(session, device, errand_id=errand.id))
    bring(session, picture, device, keys=keys)
    return picture


def put_away(session: UnitOfWork, own: Settings, picture: Picture, body: bytes | None = None) -> None:
    closed = vault.close(load_keys(own), picture.sha256, picture.plain)
    gateways.file_store(own).put(picture.sha256, closed if body is None else body)
    session.execute(update(StoredFile).values(state="stored", body=None))


def use(session: UnitOfWork, **given: Any) -> None:
    session.execute(update(FileUse).values(given))


def looks(session: UnitOfWork, action: str = "look") -> list[str]:
    return list(session.scalars(select(AuditEvent.object_id).where(AuditEvent.action == action)))


def url(picture: Picture) -> str:
    return f"/tep/{picture.sha256}"


@pytest.mark.parametrize("role", [Role.COUNTER, Role.OFFICE_MANAGER, Role.COORDINATOR])
def test_the_offices_staff_see_its_proof(
    client: FlaskClient, sign_in: SignIn, session: UnitOfWork, world: World, picture: Picture, role: Role
) -> None:
    account = make_staff(session, role, office=world.office if role is not Role.COORDINATOR else None)
    sign_in(account)
    answer = client.get(url(picture))
    assert (answer.status_code, answer.data, answer.mimetype) == (200, picture.plain, "image/jpeg")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_in_the_store_is_decrypted(
    client: FlaskClient, sign_in: SignIn, session: UnitOfWork, picture: Picture, own: Settings
) -> None:
    put_away(session, own, picture)
    sign_in(make_staff(session))
    assert client.get(url(picture)).data == picture.plain


def test_every_look_is_written_down(
    client: FlaskClient, sign_in: SignIn, session: UnitOfWork, picture: Picture
) -> None:
    account = make_staff(session)
    sign_in(account)
    client.get(url(picture))
    client.get(url(picture))
    assert looks(session) == [picture.sha256] * 2
    assert set(session.scalars(select(AuditEvent.actor).where(AuditEvent.action == "look"))) == {f"staff:{account.id}"}


def test_the_look_is_committed_before_a_byte_is_fetched(
    client: FlaskClient,
    sign_in: SignIn,
    session: UnitOfWork,
    picture: Picture,
    own: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_away(session, own, picture)
    sign_in(make_staff(session))
    seen: list[list[str]] = []

    def store_away(*_: object) -> bytes:
        seen.append(looks(session))
        raise DomainError("file_store_away", kind="conflict")

    monkeypatch.setattr(pages, "stored_file", store_away)
    assert client.get(url(picture)).status_code == 503
    assert seen == [[picture.sha256]]
    assert looks(session) == [picture.sha256]


def test_another_offices_staff_do_not_even_learn_that_it_is_there(
    client: FlaskClient, sign_in: SignIn, session: UnitOfWork, picture: Picture
) -> None:
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=make_office(session)))
    assert client.get(url(picture)).status_code == client.get(f"/tep/{'0' * 64}").status_code == 404
    assert looks(session) == []


def test_couriers_and_desks_do_not_look_at_proof(
    client: FlaskClient, sign_in: SignIn, session: UnitOfWork, world: World, picture: Picture
) -> None:
    for account in (make_staff(session, Role.COURIER, office=world.office), world.clerk):
        sign_in(account)
        assert client.get(url(picture)).status_code == 404


def test_nobody_looks_without_signing_in(client: FlaskClient, picture: Picture) -> None:
    assert client.get(url(picture)).status_code == 303


@pytest.fixture
def faulty(session: UnitOfWork, world: World, picture: Picture) -> Picture:
    use(session, kind=FileKind.FAULTY_PAPER, desk_id=world.desk.id, consent=True)
    return picture


def test_a_faulty_paper_is_seen_by_the_competent_desk_only(
    client: FlaskClient, sign_in: SignIn, session: UnitOfWork, world: World, faulty: Picture
) -> None:
    sign_in(world.clerk)
    assert client.get(url(faulty)).data == faulty.plain
    others = [
        make_staff(session, Role.ADMIN),
        make_staff(session, Role.COORDINATOR),
        make_staff(session, Role.OFFICE_MANAGER, office=world.office),
        make_staff(session, Role.DESK_CLERK, desk=make_desk(session)),
    ]
    for account in others:
        sign_in(account)
        assert client.get(url(faulty)).status_code == 404, account.role


def test_a_faulty_paper_without_the_citizens_consent_is_seen_by_nobody(
    client: FlaskClient, sign_in: SignIn, session: UnitOfWork, world: World, faulty: Picture
) -> None:
    use(session, consent=False)
    sign_in(world.clerk)
    assert client.get(url(faulty)).status_code == 404


def test_a_faulty_paper_without_a_known_desk_is_seen_by_nobody(
    client: FlaskClient, sign_in: SignIn, session: UnitOfWork, world: World, picture: Picture
) -> None:
    use(session, kind=FileKind.FAULTY_PAPER, consent=True)
    for account in (world.clerk, make_staff(session, Role.ADMIN)):
        sign_in(account)
        assert client.get(url(picture)).status_code == 404


@pytest.mark.parametrize("changed", ["byte", "other file"])
def test_a_file_that_was_changed_in_the_store_is_refused_and_named(
    client: FlaskClient, sign_in: SignIn, session: UnitOfWork, picture: Picture, own: Settings, changed: str
) -> None:
    closed = bytearray(vault.close(load_keys(own), picture.sha256, picture.plain))
    closed[40] ^= 1
    other = vault.close(load_keys(own), picture.sha256, b"else")
    put_away(session, own, picture, bytes(closed) if changed == "byte" else other)
    sign_in(make_staff(session))
    answer = client.get(url(picture))
    assert answer.status_code == 422
    assert picture.sha256 in answer.text
    assert looks(session, "file_forged") == [picture.sha256]


def test_a_file_missing_from_the_store_is_named(
    client: FlaskClient, sign_in: SignIn, session: UnitOfWork, picture: Picture
) -> None:
    session.execute(update(StoredFile).values(state="stored", body=None))
    sign_in(make_staff(session))
    answer = client.get(url(picture))
    assert answer.status_code == 409
    assert picture.sha256 in answer.text
    assert looks(session, "file_missing") == [picture.sha256]


def test_a_file_on_its_way_and_a_deleted_one_say_so(
    client: FlaskClient, sign_in: SignIn, session: UnitOfWork, picture: Picture
) -> None:
    sign_in(make_staff(session))
    session.execute(update(StoredFile).values(state="coming"))
    assert "chưa về đến bưu cục" in client.get(url(picture)).text
    session.execute(update(StoredFile).values(state="deleted", body=None))
    gone = client.get(url(picture))
    assert gone.status_code == 410
    assert "hết thời hạn lưu" in gone.text


def test_a_citizen_opens_the_picture_of_the_own_gate_after_the_code_and_no_signature(
    client: FlaskClient, flask_app: Flask, session: UnitOfWork, errand: Errand, picture: Picture
) -> None:
    request = errand.request
    request.applicant.phone = PHONE
    session.flush()
    address = f"/yeu-cau/{request.reference}/anh/{picture.sha256}"
    assert "/xac-nhan-so" in (client.get(address).location or "")
    _sign_in(flask_app, client, session)
    for kind, status in ((FileKind.GATE, 200), (FileKind.COURIER_SIGNATURE, 404), (FileKind.FAULTY_PAPER, 404)):
        use(session, kind=kind)
        assert client.get(address).status_code == status
    use(session, kind=FileKind.GATE)
    assert client.get(address).data == picture.plain
    looks = session.scalars(select(AuditEvent.actor).where(AuditEvent.action == "look")).all()
    assert set(looks) == {f"citizen:{request.id}"}
    request.applicant.phone = "0900000999"
    session.flush()
    assert client.get(address).status_code == 404
