"""A backup, a day's acts, the database lost, the backup restored: what phones did is not lost (docs/operations.md)."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from app.cli.backup import write_backup
from app.cli.restore import restore_backup
from app.cli.unpacking import Archive
from app.clock import make_clock
from app.config import Settings, load_keys
from app.database import connect
from app.domain.operation import FileKind, OperationKind
from app.factory import create_app
from app.models import Operation, StaffAccount
from app.models.device import RECEIPT_ROLL
from app.queries.custody.verification import verify
from app.services.installation import SKIPPED
from app.services.staff.access import set_password
from app.services.staff.passwords import hash_password
from tests.conftest import create_database
from tests.factories import make_courier
from tests.factories import operations as say
from tests.fakes.phone import ClientLine, Phone

PASSWORD = "mat khau thu"
ACTS, BEFORE = 200, 20


@pytest.fixture
def house(server_url: URL, schema_template: str, worker_id: str, tmp_path: Path) -> Settings:
    url = create_database(server_url, f"cli_lost_{worker_id}", schema_template)
    return Settings(environment="test", var=tmp_path / "house", database_url=url.render_as_string(hide_password=False))


def hire(settings: Settings, *names: str) -> None:
    database = connect(settings)
    with database.transaction() as session:
        for name in names:
            account = session.get_one(StaffAccount, make_courier(session).staff_account_id)
            account.username = name
            set_password(session, account, hash_password(PASSWORD), f"staff:{account.id}", make_clock(settings).now())
    database.engine.dispose()


def act(phone: Phone, count: int) -> None:
    for number in range(count):
        files = [(FileKind.SEAL, f"picture {phone.seq}".encode())] if number % 20 == 0 else []
        phone.record(OperationKind.INCIDENT, say.incident("RT473124829VN"), files=files)


def test_none_of_two_hundred_acts_is_lost_when_the_phones_are_back(house: Settings, tmp_path: Path) -> None:
    hire(house, "mot", "hai")
    keys, clock = load_keys(house), make_clock(house)
    before = connect(house)
    line = ClientLine(create_app(house, database=before).test_client())
    phones = {"mot": Phone.signed_in(line, "mot", PASSWORD, clock.now, Random(1))}
    act(phones["mot"], BEFORE)
    phones["mot"].sync(line)
    write_backup(house, tmp_path / "a.tar")
    phones["hai"] = Phone.signed_in(line, "hai", PASSWORD, clock.now, Random(2))  # the copy knows nothing of this phone
    for phone in phones.values():
        act(phone, ACTS // 2)
        phone.sync(line)
    rolled = roll_of(house)
    before.engine.dispose()

    restore_backup(house, Archive(tmp_path / "a.tar"), replace=True)

    database = connect(house)
    back = ClientLine(create_app(house, database=database).test_client())
    assert acts_of(house) == BEFORE
    assert roll_of(house) >= rolled + SKIPPED
    phones["mot"].ask_status(back)
    phones["hai"].sign_in_again(back, "hai", PASSWORD)
    phones["hai"].ask_status(back)
    for phone in phones.values():
        act(phone, 1)  # the chain of the phone goes on
        phone.sync(back)
    assert acts_of(house) == BEFORE + ACTS + 2
    twice = phones["mot"].send(back, phones["mot"].written[:3])
    assert [answer["result"] for answer in twice["answers"]] == ["duplicate"] * 3
    with database.transaction() as session:
        assert verify(session, keys).clean
        reviews = session.scalars(select(Operation.reviews)).all()
        assert not {code for one in reviews for code in one} & {"chain_broken", "seq_reused", "seq_missing"}
    database.engine.dispose()


def acts_of(settings: Settings) -> int:
    database = connect(settings)
    with database.transaction() as session:
        count = session.scalar(select(func.count()).select_from(Operation))
    database.engine.dispose()
    return int(count or 0)


def roll_of(settings: Settings) -> int:
    database = connect(settings)
    with database.transaction() as session:
        value = session.scalar(select(RECEIPT_ROLL.next_value()))
    database.engine.dispose()
    return int(value or 0)
