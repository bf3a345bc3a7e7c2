"""`tannha up` joins a demonstration to a sandbox: its links, its key, what is left out, and what stays from start to start."""

from __future__ import annotations

import os
import stat
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.cli import up
from app.cli.demo_sandbox import join
from app.clock import make_clock
from app.config import Settings
from app.database import Database, connect
from app.gateways import known_links, sandbox_page
from app.gateways.bank import bank_account
from app.models import Desk, Link, Partner
from app.services.demo.online import AGENCY
from app.services.staff import access

ASKED = {"no_sandbox": False, "no_demo": False, "sandbox_port": None}


@pytest.fixture
def place(
    demonstrated: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Settings, Database]]:
    """The demonstration's database with a folder of its own; what `join` puts into the environment is taken out again."""
    monkeypatch.setenv("TANNHA_LINKS", "")
    settings = replace(demonstrated, var=tmp_path, port=40_000)
    database = connect(settings)
    yield settings, database
    with database.transaction() as session:
        session.execute(
            text("update partner set name = name || ' ' || id, revoked_at = now() where revoked_at is null")
        )
        session.execute(text("delete from link"))
    database.engine.dispose()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_all_its_systems_are_joined_and_every_process_is_told(place: tuple[Settings, Database]) -> None:
    settings, database = place
    joined = join(settings, database, make_clock(settings), 40_123)

    assert joined.page == "http://127.0.0.1:40123/_sandbox/"
    links = {"one_stop", "vnpost", "message:email", "message:esms", "message:push"}
    assert known_links(joined.settings) == dict.fromkeys(links)
    assert bank_account(joined.settings) is not None
    assert os.environ["TANNHA_LINKS"] == str(settings.private / "sandbox" / "links.toml")
    with database.transaction() as session:
        assert set(session.scalars(select(Link.name).where(Link.enabled))) == links
        partner = session.scalars(select(Partner).where(Partner.name == AGENCY, Partner.revoked_at.is_(None))).one()
        assert session.get_one(Desk, partner.desk_id).unit_code == joined.unit
        assert access.find_partner(session, joined.environment["TANNHA_SANDBOX_KEY"]) is partner


def test_its_secrets_are_read_by_their_owner_alone(place: tuple[Settings, Database]) -> None:
    settings, database = place
    join(settings, database, make_clock(settings), 40_123)
    folder = settings.private / "sandbox"
    assert mode(settings.private) == 0o700
    assert {path.name: mode(path) for path in folder.iterdir()} == dict.fromkeys(
        (
            "links.toml",
            "one-stop-secret",
            "post-secret",
            "codes.json",
            "agency-key",
            "esms-key",
            "esms-secret",
            "push-keys",
            "sepay-key",
        ),
        0o600,
    )


def test_the_next_start_goes_on_with_the_same_key_at_any_port(place: tuple[Settings, Database]) -> None:
    settings, database = place
    first = join(settings, database, make_clock(settings), 40_123)
    second = join(settings, database, make_clock(settings), 40_124)
    assert second.environment == first.environment
    assert "40124" in second.settings.links.read_text()  # type: ignore[union-attr]  # joined, so that it has links


def test_a_lost_key_is_replaced_by_one_that_opens(place: tuple[Settings, Database]) -> None:
    settings, database = place
    first = join(settings, database, make_clock(settings), 40_123)
    (settings.private / "sandbox" / "agency-key").unlink()
    second = join(settings, database, make_clock(settings), 40_123)
    assert second.environment != first.environment
    with database.transaction() as session:
        assert access.find_partner(session, second.environment["TANNHA_SANDBOX_KEY"]) is not None


def test_what_was_there_before_is_compared_once(place: tuple[Settings, Database]) -> None:
    settings, database = place
    with database.transaction() as session:
        session.execute(text("delete from procrastinate_jobs where task_name = 'reconcile'"))
    for _ in range(2):
        join(settings, database, make_clock(settings), 40_123)
    with database.transaction() as session:
        wanted = text("select count(*) from procrastinate_jobs where task_name = 'reconcile'")
        assert session.scalar(wanted) == 1


@pytest.mark.parametrize(
    ("asked", "differently"),
    [
        ({"no_sandbox": True}, {}),
        ({"no_demo": True}, {}),
        ({}, {"environment": "production"}),
        ({}, {"links": Path("real.toml")}),
    ],
    ids=["left out", "nobody invented", "production", "real systems are joined"],
)
def test_nothing_is_played_where_it_has_no_place(
    asked: dict[str, object], differently: dict[str, object], demonstrated: Settings
) -> None:
    given = replace(demonstrated, **differently)  # type: ignore[arg-type]  # any field
    assert up._join(Namespace(**{**ASKED, **asked}), given) is None


def test_only_a_sandbox_of_ours_has_a_page(place: tuple[Settings, Database], tmp_path: Path) -> None:
    settings, database = place
    joined = join(settings, database, make_clock(settings), 40_123)
    real = tmp_path / "real.toml"
    assert joined.settings.links is not None
    for name in ("one-stop-secret", "post-secret", "codes.json", "esms-key", "esms-secret", "push-keys", "sepay-key"):
        (tmp_path / name).write_bytes((joined.settings.links.parent / name).read_bytes())
    real.write_text(joined.settings.links.read_text())

    assert sandbox_page(joined.settings) == joined.page
    assert sandbox_page(replace(joined.settings, links=real)) is None
    assert sandbox_page(settings) is None
