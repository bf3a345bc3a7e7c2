"""What a stranger may not get out of the server: other methods, folders, source control, a page that runs what was typed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.domain.identity import Role
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.factories import make_office, make_staff


@pytest.mark.parametrize("address", ["/", "/dang-nhap", "/api/v1/units", "/healthz"])
def test_nothing_is_echoed_back(client: FlaskClient, address: str) -> None:
    assert client.open(address, method="TRACE").status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/.git/HEAD",
        "/.env",
        "/static/",
        "/static/dist/",
        "/static/../config.py",
        "/static/%2e%2e/config.py",
        "/var/",
        "/app/",
    ],
)
def test_no_folder_is_listed_and_no_source_is_served(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_name_that_is_a_program_is_shown_as_letters(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    office = make_office(session)
    office.name = '<script src="//evil.example"></script>"\'>'
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=office))
    page = client.get("/buu-cuc/").text
    assert '<script src="//evil' not in page
    assert "&lt;script src=" in page


def test_a_word_said_twice_in_an_address_counts_once(client: FlaskClient) -> None:
    """The first one, everywhere: no reader of the same request sees the other."""
    assert client.get("/dang-nhap?tiep=/yeu-cau&tiep=//evil.example").text.count("evil.example") == 0
