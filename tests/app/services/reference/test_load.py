import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.models import (
    AuditEvent,
    BoatDay,
    CalendarDay,
    Desk,
    FormerUnitSuccessor,
    Office,
    OutcomeCode,
    Procedure,
    RoadSeason,
    TariffRate,
    Unit,
    VehicleKind,
)
from app.services.reference.files import BUNDLED, BadReference
from app.services.reference.load import LOCK, ReferenceCounts, load_reference
from integrations.geocoding import former_units, units

NOW = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)


def load(session: Session, **replacements: Path) -> ReferenceCounts:
    return load_reference(session, units(), former_units(), now=NOW, replacements=replacements)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def office(session: Session, code: str) -> Office:
    return session.scalars(select(Office).where(Office.code == code)).one()


def current(session: Session, code: str) -> Procedure:
    return session.scalars(select(Procedure).where(Procedure.code == code, Procedure.current)).one()


def test_the_first_run_brings_everything_in(session: Session) -> None:
    counts = load(session)
    assert (counts.units, counts.former_units, counts.offices, counts.desks) == (135, 373, 137, 136)
    assert (counts.procedures, counts.outcomes, counts.rates) == (24, 20, 33)
    assert count(session, FormerUnitSuccessor) == 376
    assert Counter(session.scalars(select(Unit.side))) == {"west": 77, "east": 58}
    assert count(session, CalendarDay) == counts.days


def test_the_second_run_changes_nothing(session: Session) -> None:
    load(session)
    session.commit()
    session.expire_all()
    again = load(session)
    assert again.changed == 0
    assert not session.dirty
    assert count(session, AuditEvent) == 1


def test_positions_are_provisional_until_imported(session: Session) -> None:
    load(session)
    assert all(session.scalars(select(Office.position_provisional)))
    assert all(session.scalars(select(Desk.position_provisional)))


def test_the_desk_of_ia_krai_sits_in_its_post_office(session: Session) -> None:
    load(session)
    desk = session.scalars(select(Desk).where(Desk.code == "MC23776")).one()
    post = office(session, "BC23776")
    assert (desk.office_id, desk.lon, desk.lat) == (post.id, post.lon, post.lat)


def test_hubs_have_no_counter(session: Session) -> None:
    load(session)
    hubs = session.scalars(select(Office).where(Office.kind == "hub")).all()
    assert {hub.code: hub.has_counter for hub in hubs} == {"HUB-PLEIKU": False, "HUB-QUY-NHON": False}


def test_a_measured_position_outlives_the_next_run_without_the_file(session: Session, tmp_path: Path) -> None:
    load(session)
    path = write(tmp_path, "x.csv", "code,lon,lat,address\nBC23776,107.6801,14.0002,Thôn 1\n")
    assert load(session, offices=path).changed == 1 + 1  # the office, and the desk that sits in it
    load(session)
    place = office(session, "BC23776")
    assert (place.lon, place.lat, place.address, place.position_provisional) == (107.6801, 14.0002, "Thôn 1", False)


def test_a_position_of_nobody_is_refused(session: Session, tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "code,lon,lat\nBC99999,107.68,14.0\n")
    with pytest.raises(BadReference, match=r"x\.csv, 1 row\(s\), code: no such code: BC99999"):
        load(session, offices=path)


def test_a_changed_list_is_a_new_version_beside_the_old_one(session: Session, tmp_path: Path) -> None:
    load(session)
    top = json.loads((BUNDLED / "procedures.json").read_text("utf-8"))
    top["procedures"][0]["papers"][0]["copies"] = 1
    load(session, procedures=write(tmp_path, "x.json", json.dumps(top)))
    versions = session.scalars(select(Procedure).where(Procedure.code == "1.001193").order_by(Procedure.version)).all()
    assert [(row.version, row.current, row.papers[0].copies) for row in versions] == [(1, False, 0), (2, True, 1)]
    assert count(session, Procedure) == 25


def test_a_sample_never_takes_the_place_of_the_real_list(session: Session, tmp_path: Path) -> None:
    load(session)
    top = json.loads((BUNDLED / "procedures.json").read_text("utf-8"))
    top |= {"sample": False, "procedures": top["procedures"][:1]}
    load(session, procedures=write(tmp_path, "x.json", json.dumps(top)))
    assert load(session).changed == 0
    assert not current(session, "1.001193").sample
    assert current(session, "1.000894").sample


def test_taking_up_a_procedure_later_is_no_new_version(session: Session, tmp_path: Path) -> None:
    load(session)
    top = json.loads((BUNDLED / "procedures.json").read_text("utf-8"))
    top["procedures"][0]["in_service_from"] = "2027-01-04"
    load(session, procedures=write(tmp_path, "x.json", json.dumps(top)))
    row = current(session, "1.001193")
    assert (row.version, row.in_service_from) == (1, date(2027, 1, 4))


def test_what_always_holds_by_post_is_one_key_in_the_database(session: Session) -> None:
    load(session)
    slip = current(session, "1.001612").papers[4]
    assert slip.case_keys == ["direct_or_post"]


def test_prices_are_exactly_those_of_the_file(session: Session, tmp_path: Path) -> None:
    load(session)
    lines = (BUNDLED / "tariff.csv").read_text("utf-8").splitlines()
    path = write(tmp_path, "x.csv", "\n".join(lines[:5]).replace("26500", "27000"))
    load(session, tariff=path)
    assert sorted(session.scalars(select(TariffRate.price))) == [2_200, 26_000, 26_000, 27_000]


def test_a_holiday_moves_but_a_flooded_commune_stays_closed(session: Session, tmp_path: Path) -> None:
    load(session)
    bundled = {(row.day, row.kind) for row in session.scalars(select(CalendarDay))}
    session.add(CalendarDay(day=date(2026, 12, 3), unit_code="23776", kind="closed", name="Lũ"))
    session.flush()
    swap = "2026-12-31,holiday,Nghỉ,thông báo\n2026-11-24,ordinary,Đi làm,thông báo\n"
    load(session, calendar=write(tmp_path, "x.csv", f"day,kind,name,basis\n{swap}"))
    assert {(row.day, row.kind) for row in session.scalars(select(CalendarDay))} == {
        *(bundled - {(date(2026, 11, 24), "holiday")}),
        (date(2026, 12, 3), "closed"),
        (date(2026, 12, 31), "holiday"),
    }
    load(session)
    assert {(row.day, row.kind) for row in session.scalars(select(CalendarDay))} == bundled | {
        (date(2026, 12, 3), "closed")
    }


def test_an_outcome_that_is_reworded_keeps_its_old_version_for_old_attempts(session: Session, tmp_path: Path) -> None:
    load(session)
    text = (BUNDLED / "outcomes.csv").read_text("utf-8").replace("WEATHER,1", "WEATHER,2")
    load(session, outcomes=write(tmp_path, "x.csv", text))
    rows = session.scalars(select(OutcomeCode).where(OutcomeCode.code == "WEATHER").order_by(OutcomeCode.version)).all()
    assert [(row.version, row.current) for row in rows] == [(1, False), (2, True)]


def test_a_unit_that_the_file_leaves_out_is_not_served_yet(session: Session, tmp_path: Path) -> None:
    load(session)
    text = "unit_code,unit,wave,in_service_from,desk_at_office\n23776,Xã Ia Krái,1,2026-07-01,yes\n"
    load(session, pilots=write(tmp_path, "x.csv", text))
    served = session.scalars(select(Unit.code).where(Unit.in_service_from.is_not(None))).all()
    assert served == ["23776"]


def test_a_part_that_does_not_exist_is_named(session: Session, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="villages: no such part; known are boats, calendar, centres, desks"):
        load(session, villages=tmp_path)


def test_two_processes_do_not_load_at_once(session: Session, engine: Engine) -> None:
    load(session)
    with engine.connect() as other:
        assert not other.scalar(select(func.pg_try_advisory_xact_lock(LOCK)))


SEASONS = "unit_code,first_month,last_month,factor,reason\n"


def test_roads_by_season_are_those_of_the_operators_file_and_without_one_stay(session: Session, tmp_path: Path) -> None:
    assert load(session).seasons == 0
    one, two = session.scalars(select(Unit.code).order_by(Unit.code).limit(2))
    told = f"{SEASONS}{one},9,12,1.4,đường đất\n{two},10,1,2,mưa lầy\n"
    load(session, seasons=write(tmp_path, "seasons.csv", told))
    assert load(session).seasons == 2
    load(session, seasons=write(tmp_path, "seasons.csv", f"{SEASONS}{two},10,1,1.5,mưa lầy\n"))
    (row,) = session.scalars(select(RoadSeason))
    assert (row.unit_code, row.first_month, row.last_month, row.factor, row.reason) == (two, 10, 1, 1.5, "mưa lầy")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("00000,9,12,1.4,thử\n", "unit_code: '00000' is no unit"),
        ("21607,0,12,1.4,thử\n", "line 2, first_month"),
        ("21607,9,13,1.4,thử\n", "line 2, last_month"),
        ("21607,9,12,9,thử\n", "line 2, factor"),
        ("21607,9,12,1.4,\n", "line 2, reason"),
        ("21607,9,12,1.4,thử\n21607,9,10,2,thử\n", "says the same thing as line 2"),
    ],
)
def test_a_wrong_season_is_named(session: Session, tmp_path: Path, line: str, what: str) -> None:
    with pytest.raises(BadReference, match=what):
        load(session, seasons=write(tmp_path, "seasons.csv", SEASONS + line))


BOATS = "unit_code,weekday,first,last,crossing_minutes,pier_lon,pier_lat\n"


def test_boats_are_those_of_the_operators_file_and_without_one_stay(session: Session, tmp_path: Path) -> None:
    assert load(session).boats == 0
    island = session.scalars(select(Unit.code).order_by(Unit.code)).first()
    told = f"{BOATS}{island},2,08:30,14:00,45,109.22,13.77\n{island},5,08:30,14:00,45,109.22,13.77\n"
    load(session, boats=write(tmp_path, "boats.csv", told))
    assert load(session).boats == 2
    load(session, boats=write(tmp_path, "boats.csv", f"{BOATS}{island},5,09:00,15:00,60,109.22,13.77\n"))
    (row,) = session.scalars(select(BoatDay))
    assert (row.weekday, f"{row.first_at:%H:%M}", f"{row.last_at:%H:%M}", row.crossing_minutes) == (
        5,
        "09:00",
        "15:00",
        60,
    )


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("00000,2,08:30,14:00,45,109.22,13.77\n", "unit_code: '00000' is no unit"),
        ("21607,8,08:30,14:00,45,109.22,13.77\n", "line 2, weekday"),
        ("21607,2,8h,14:00,45,109.22,13.77\n", "line 2, first"),
        ("21607,2,14:00,08:30,45,109.22,13.77\n", "line 2, last"),
        ("21607,2,08:30,14:00,0,109.22,13.77\n", "line 2, crossing_minutes"),
        ("21607,2,08:30,14:00,45,13.77,109.22\n", "line 2, pier_lon"),
    ],
)
def test_a_wrong_boat_is_named(session: Session, tmp_path: Path, line: str, what: str) -> None:
    with pytest.raises(BadReference, match=what):
        load(session, boats=write(tmp_path, "boats.csv", BOATS + line))


KINDS = "code,name,capacity,speed,per_km,per_hour,fixed,basis\n"
MOTORBIKE = "motorbike,Xe máy,60,1.0,1500,30000,150000,thử\n"


def test_kinds_of_vehicle_are_the_operator_s_and_none_is_forgotten(session: Session, tmp_path: Path) -> None:
    assert load(session).vehicles == 2
    load(session, vehicles=write(tmp_path, "vehicles.csv", f"{KINDS}{MOTORBIKE}boat,Thuyền,40,0.5,9000,30000,0,thử\n"))
    kinds = {kind.code: kind for kind in session.scalars(select(VehicleKind))}
    assert {code: kind.offered for code, kind in kinds.items()} == {"motorbike": True, "van": False, "boat": True}
    assert (kinds["boat"].capacity, kinds["boat"].speed, kinds["boat"].per_km) == (40, 0.5, 9_000)


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("van,Xe tải,300,1,1,1,1,thử\n", "motorbike is missing"),
        (f"{MOTORBIKE}van,Xe tải,0,1,1,1,1,thử\n", "line 3, capacity"),
        (f"{MOTORBIKE}van,Xe tải,10,9,1,1,1,thử\n", "line 3, speed"),
        (f"{MOTORBIKE}van,Xe tải,10,1,99999999,1,1,thử\n", "line 3, per_km"),
        (f"{MOTORBIKE}{MOTORBIKE}", "says the same thing as line 2"),
    ],
)
def test_a_wrong_kind_of_vehicle_is_named(session: Session, tmp_path: Path, lines: str, what: str) -> None:
    with pytest.raises(BadReference, match=what):
        load(session, vehicles=write(tmp_path, "vehicles.csv", KINDS + lines))
