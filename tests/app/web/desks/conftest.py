"""A desk and a counter with people who have passwords: the other side signs with its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from functools import lru_cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.clock import at
from app.models import Parcel, StaffAccount
from app.services.staff.passwords import hash_password
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn, lent
from tests.factories import DAY
from tests.factories.custody import Road, make_road

TODAY = DAY + timedelta(days=3)
PASSWORD = "mật khẩu để thử"


@lru_cache(maxsize=1)
def password_hash() -> str:
    return hash_password(PASSWORD)


@dataclass(frozen=True)
class Place:
    """Who works there, and the browser of whoever is signed in."""

    client: FlaskClient
    road: Road
    courier: StaffAccount
    clerk: StaffAccount
    counter: StaffAccount

    def hand_over(self, at: str, parcels: list[Parcel], other: StaffAccount, **given: Any) -> TestResponse:
        data = {
            "operation": "op-giao-nhan-1",
            "direction": "in",
            "codes": "\n".join(parcel.code for parcel in parcels),
            "other_name": other.username,
            "other_password": PASSWORD,
        }
        return self.client.post(f"{at}/giao-nhan", data={**data, **given})


@pytest.fixture
def flask_app(one_app: Flask, session: UnitOfWork) -> Iterator[Flask]:
    with lent(one_app, session, at(TODAY, time(8, 30))) as app:
        yield app


@pytest.fixture
def place(client: FlaskClient, session: UnitOfWork) -> Place:
    road = make_road(session)
    courier = session.get_one(StaffAccount, road.world.courier.staff_account_id)
    for account in (courier, road.world.clerk, road.world.counter):
        account.password_hash = password_hash()
    session.flush()
    return Place(client, road, courier, road.world.clerk, road.world.counter)


@pytest.fixture
def at_counter(place: Place, sign_in: SignIn) -> Place:
    sign_in(place.counter)
    return place


@pytest.fixture
def at_desk(place: Place, sign_in: SignIn) -> Place:
    sign_in(place.clerk)
    return place
