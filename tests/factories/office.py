"""Units, offices, desks, and the people who work there."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from sqlalchemy.orm import Session

from app.clock import at
from app.domain.identity import Role
from app.models import Courier, Desk, Office, Shift, StaffAccount, Unit, UnitShape, VehicleKind
from tests.factories.counter import number
from tests.factories.times import DAY


def make_unit(session: Session, **given: Any) -> Unit:
    n = number()
    defaults: dict[str, Any] = {
        "code": f"9{n:04d}",
        "name": f"Xã Thử {n}",
        "short_name": f"Thử {n}",
        "kind": "commune",
        "lon": 107.95 + n % 50 / 100,
        "lat": 13.98,
        "area_km2": 133.0,
        "side": "west",
        "zone": "Vùng Thử",
        "in_service_from": date(2026, 1, 1),
    }
    unit = Unit(**{**defaults, **given})
    session.add(unit)
    session.flush()
    return unit


def make_shape(session: Session, unit: Unit, half: float = 0.02) -> UnitShape:
    """A square around the unit's point; `half` its half side in degrees."""
    west, south, east, north = unit.lon - half, unit.lat - half, unit.lon + half, unit.lat + half
    square = [[[[west, south], [east, south], [east, north], [west, north], [west, south]]]]
    shape = UnitShape(unit_code=unit.code, west=west, south=south, east=east, north=north, shape=square, drawn=square)
    session.add(shape)
    session.flush()
    return shape


def make_office(session: Session, **given: Any) -> Office:
    unit = given.pop("unit", None) or make_unit(session)
    defaults: dict[str, Any] = {
        "code": f"BC{number():04d}",
        "name": f"Bưu cục {unit.short_name}",
        "kind": "commune",
        "unit": unit,
        "unit_code": unit.code,
        "address": f"Trung tâm {unit.name}",
        "lon": unit.lon,
        "lat": unit.lat,
    }
    office = Office(**{**defaults, **given})
    session.add(office)
    session.flush()
    return office


def make_desk(session: Session, **given: Any) -> Desk:
    unit = given.pop("unit", None) or make_unit(session)
    defaults: dict[str, Any] = {
        "code": f"MC{number():04d}",
        "name": f"Bộ phận một cửa {unit.name}",
        "level": "commune",
        "unit": unit,
        "unit_code": unit.code,
        "address": f"UBND {unit.name}",
        "lon": unit.lon,
        "lat": unit.lat,
    }
    desk = Desk(**{**defaults, **given})
    session.add(desk)
    session.flush()
    return desk


def make_staff(session: Session, role: Role = Role.COORDINATOR, **given: Any) -> StaffAccount:
    n = number()
    defaults: dict[str, Any] = {
        "username": f"{role.value}-{n}",
        "name": f"Cán bộ Thử {n}",
        "role": role,
        "password_hash": "!",  # no password matches it; `access.set_password` gives one
    }
    account = StaffAccount(**{**defaults, **given})
    session.add(account)
    session.flush()
    return account


def make_courier(session: Session, **given: Any) -> Courier:
    """A courier with an account of its own."""
    office = given.pop("office", None) or make_office(session)
    n = number()
    if "staff_account_id" not in given:
        given["staff_account_id"] = make_staff(session, Role.COURIER, office=office).id
    defaults: dict[str, Any] = {
        "office": office,
        "office_id": office.id,
        "name": f"Bưu tá Thử {n}",
        "phone": f"0911{n:06d}",
    }
    courier = Courier(**{**defaults, **given})
    session.add(courier)
    session.flush()
    return courier


def make_shift(session: Session, courier: Courier | None = None, day: date = DAY, **given: Any) -> Shift:
    courier = courier or make_courier(session)
    defaults: dict[str, Any] = {
        "courier": courier,
        "courier_id": courier.id,
        "day": day,
        "starts_at": at(day, time(7, 0)),
        "ends_at": at(day, time(17, 0)),
        "break_s": 3600,
        "break_from": at(day, time(11, 0)),
        "break_to": at(day, time(13, 0)),
    }
    shift = Shift(**{**defaults, **given})
    session.add(shift)
    session.flush()
    return shift


def make_vehicle_kind(session: Session, code: str = "van", **given: Any) -> VehicleKind:
    defaults: dict[str, Any] = {
        "name": "Xe tải nhỏ", "capacity": 300, "speed": 0.5, "per_km": 4_500, "per_hour": 40_000, "fixed": 350_000,
        "offered": True,
    }  # fmt: skip
    kind = VehicleKind(code=code, **{**defaults, **given})
    session.add(kind)
    session.flush()
    return kind
