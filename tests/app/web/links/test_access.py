"""Who may look at the joined systems, and who may act."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.domain.identity import Role
from tests.app.web.conftest import SignIn
from tests.app.web.links.conftest import Case
from tests.factories import make_office, make_staff
from tests.factories.links import make_inbox_message, make_outbox_message

PAGES = tuple(f"/dieu-phoi/ket-noi/{page}" for page in ("", "can-xu-ly", "tin-den", "ho-so", "buu-cuc"))
ACTS = (
    "vnpost/tat",
    "vnpost/bat",
    f"gui/{uuid4()}/gui-lai",
    f"gui/{uuid4()}/gui-ngay",
    f"gui/{uuid4()}/bo",
    "tin-den/1/doc-lai",
    "tin-den/1/da-xu-ly",
    "buu-cuc/1",
)


def test_a_page_is_for_coordinators_and_a_change_for_administrators(flask_app: Flask) -> None:
    rules = [rule for rule in flask_app.url_map.iter_rules() if rule.endpoint.startswith("links.")]
    assert len(rules) == len(PAGES) + 3 + len(ACTS)
    for rule in rules:
        roles = flask_app.view_functions[rule.endpoint].__dict__["access"].roles
        acts = "POST" in (rule.methods or set())
        assert roles == ({Role.ADMIN} if acts else {Role.ADMIN, Role.COORDINATOR}), rule.rule


@pytest.mark.parametrize("role", [Role.COURIER, Role.COUNTER, Role.DESK_CLERK, Role.OFFICE_MANAGER])
def test_other_staff_are_refused(session: Session, client: FlaskClient, sign_in: SignIn, role: Role) -> None:
    sign_in(make_staff(session, role))
    assert [client.get(page).status_code for page in PAGES] == [403] * len(PAGES)


def test_an_account_of_one_office_sees_no_connection(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(make_staff(session, Role.COORDINATOR, office=make_office(session)))
    assert [client.get(page).status_code for page in PAGES] == [403] * len(PAGES)


def test_a_coordinator_looks_and_may_not_act(session: Session, case: Case, coordinator: FlaskClient) -> None:
    row = make_outbox_message(session, case.dossier, state="refused")
    inbox_message = make_inbox_message(session)
    assert [coordinator.get(page).status_code for page in PAGES] == [200] * len(PAGES)
    assert [coordinator.post(f"/dieu-phoi/ket-noi/{act}").status_code for act in ACTS] == [403] * len(ACTS)
    for page in ("", "can-xu-ly", f"gui/{row.id}", "tin-den", f"tin-den/{inbox_message.id}", "buu-cuc"):
        assert 'action="/dieu-phoi/ket-noi/' not in _posts(coordinator.get(f"/dieu-phoi/ket-noi/{page}").text)


def _posts(page: str) -> str:
    return "".join(part.split(">")[0] for part in page.split("<form") if 'method="post"' in part.split(">")[0])


def test_nobody_looks_without_signing_in(client: FlaskClient) -> None:
    assert [client.get(page).status_code for page in PAGES] == [303] * len(PAGES)


def test_every_change_asks_for_a_token(
    session: Session, client: FlaskClient, sign_in: SignIn, flask_app: Flask
) -> None:
    sign_in(make_staff(session, Role.ADMIN))
    flask_app.config["WTF_CSRF_ENABLED"] = True
    assert [client.post(f"/dieu-phoi/ket-noi/{act}").status_code for act in ACTS] == [400] * len(ACTS)


def test_what_does_not_exist_is_not_found(admin: FlaskClient) -> None:
    gone = (f"gui/{uuid4()}", "tin-den/99999999", f"ho-so/{uuid4()}")
    assert [admin.get(f"/dieu-phoi/ket-noi/{page}").status_code for page in gone] == [404] * len(gone)
    assert [admin.post(f"/dieu-phoi/ket-noi/{act}").status_code for act in ACTS] == [404] * len(ACTS)
