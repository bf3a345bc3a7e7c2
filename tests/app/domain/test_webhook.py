"""Where a partner may ask to be told."""

from __future__ import annotations

import pytest

from app.domain.errors import DomainError
from app.domain.webhook import EVENTS, check_url

PUBLIC = "https://partner.example/hook?token=abc"


@pytest.mark.parametrize("production", [True, False])
def test_a_public_address_over_tls_is_taken(*, production: bool) -> None:
    assert check_url(f"  {PUBLIC} ", production=production) == PUBLIC


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/hook", "http://localhost:8080/hook", "http://[::1]/hook"])
def test_plain_http_is_for_one_s_own_machine_outside_production(url: str) -> None:
    assert check_url(url, production=False) == url
    with pytest.raises(DomainError, match="webhook_url_scheme"):
        check_url(url, production=True)


def test_plain_http_to_anywhere_else_is_refused() -> None:
    with pytest.raises(DomainError, match="webhook_url_scheme"):
        check_url("http://partner.example/hook", production=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://localhost/",
        "https://db/",
        "https://a.localhost/",
        "https://db.internal/",
        "https://printer.local./",
        "https://2130706433/",
        "https://127.1/",
    ],
)
def test_an_address_inside_the_house_is_refused_in_production(url: str) -> None:
    with pytest.raises(DomainError, match="webhook_url_inside"):
        check_url(url, production=True)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "partner.example",
        "ftp://partner.example/",
        "https://",
        "https://partner.example:0/",
        "https://partner.example:99999/",
        "https://user:word@partner.example/",
        "https://user@partner.example/",
        "https://partner.example/#part",
        "https://partner.example/a b",
        "https://partner.example\\@10.0.0.1/",
        "https://tận-nhà.example/",
        "https://[::1/",
    ],
)
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(DomainError, match=r"^webhook_url$"):
        check_url(url, production=False)


def test_events_are_named_after_what_they_tell_of() -> None:
    assert {name.split(".")[0] for name in EVENTS} == {"errand", "dossier"}
