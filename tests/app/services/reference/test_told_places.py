"""Offices and desks as a file tells them; what a line does not say stays, and an update does not forget it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.headed_table import RowAnswer, RowVerdict
from app.models import AuditEvent, Desk, Office
from app.services.reference.load import load_reference
from app.services.reference.told_places import HEADINGS, hear_places
from app.table_files import table_of
from app.texts import explain
from integrations.geocoding import former_units, units
from tests.factories import NOW, make_desk, make_office, make_unit

HEAD = "Mã;Loại;Mã xã;Tên;Địa chỉ;Kinh độ;Vĩ độ;Số điện thoại;Số trực;Giờ mở cửa"


def hear(session: Session, *rows: str, head: str = HEAD) -> list[RowAnswer]:
    lines = table_of("\n".join([head, *rows]), len(HEADINGS.columns), HEADINGS.is_heading)
    return hear_places(session, lines, "staff:1", NOW)


def wrong(answer: RowAnswer) -> tuple[str, str | None]:
    assert answer.verdict is RowVerdict.WRONG
    assert answer.error is not None
    assert explain(answer.error)
    return answer.error.code, answer.error.field


def test_an_office_gets_its_official_name_telephones_hours_and_position(session: Session) -> None:
    office = make_office(session)
    (answer,) = hear(
        session,
        f"{office.code};;;Bưu cục Chính Thức;12 Lê Lợi;108,1;13.9;0269 3 824 000;1900545481;Thứ 2–6: 7:30–17:00",
    )
    assert answer.verdict is RowVerdict.CHANGED
    assert (office.name, office.address, office.lon, office.lat) == ("Bưu cục Chính Thức", "12 Lê Lợi", 108.1, 13.9)
    assert (office.phone, office.duty_phone, office.opening_hours) == (
        "02693824000",
        "1900545481",
        "Thứ 2–6: 7:30–17:00",
    )
    assert not office.position_provisional
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "place.changed")).one()
    assert event.detail == {"fields": list(answer.fields)}


def test_the_same_file_again_changes_nothing_and_an_empty_cell_says_nothing(session: Session) -> None:
    desk = make_desk(session, phone="0269111222")
    row = f"{desk.code};;;Trung tâm hành chính công xã;;;;;;7:00–11:30"
    assert hear(session, row)[0].fields == ("name", "opening_hours")
    assert hear(session, row)[0].verdict is RowVerdict.SAME
    assert desk.phone == "0269111222"


def test_a_dash_says_that_there_is_none(session: Session) -> None:
    desk = make_desk(session, phone="0269111222")
    assert hear(session, f"{desk.code};-", head="code;phone")[0].fields == ("phone",)
    assert desk.phone is None
    assert wrong(hear(session, f"{desk.code};-", head="code;name")[0]) == ("place_option_missing", "name")


def test_a_new_hub_and_the_desk_of_a_unit_without_one_are_opened(session: Session) -> None:
    unit = make_unit(session)
    answers = hear(
        session,
        f"HUB-MOI;Trung tâm khai thác;{unit.code};Khai thác mới;;108.2;13.9;;;",
        f"MC-MOI;Bộ phận một cửa;{unit.code};Một cửa mới;;108.2;13.9;;;",
    )
    assert [one.verdict for one in answers] == [RowVerdict.NEW, RowVerdict.NEW]
    hub = session.scalars(select(Office).where(Office.code == "HUB-MOI")).one()
    assert (hub.kind, hub.has_counter, hub.unit) == ("hub", False, unit)
    assert session.scalars(select(Desk.level).where(Desk.code == "MC-MOI")).one() == "commune"


def test_a_wrong_line_is_named_by_its_field_and_changes_nothing(session: Session) -> None:
    office, desk = make_office(session), make_desk(session)
    before = office.name
    rows = {
        f"{office.code};;;Tên Mới;;13.9;108.1;;;": ("place_position", "lon"),
        f"{office.code};;;Tên Mới;;108.1;;;;": ("place_position", "lat"),
        f"{office.code};;;Tên Mới;;;;12;;": ("line_malformed", "phone"),
        f"{office.code};Hub;;Tên Mới;;;;;;": ("place_stays", "kind"),
        f"{office.code};;{desk.unit_code};Tên Mới;;;;;;": ("place_stays", "unit"),
        f"{office.code};Quán;;Tên Mới;;;;;;": ("place_kind_unknown", "kind"),
        f"{office.code};;;{'x' * 201};;;;;;": ("place_text_long", "name"),
        f"{desk.code};;;;;;;;1900545481;": ("place_option_refused", "duty_phone"),
        "LA;;;Tên Mới;;;;;;": ("place_unknown", "code"),
        "LA;Hub;00000;Tên Mới;;108.1;13.9;;;": ("unit_unknown", "unit"),
        f"LA;Hub;{office.unit_code};Tên Mới;;;;;;": ("place_option_missing", "lon"),
        f"LA;Bưu cục;{office.unit_code};Tên Mới;;108.1;13.9;;;": ("place_taken", "unit"),
    }
    assert {row: wrong(hear(session, row)[0]) for row in rows} == rows
    assert office.name == before
    assert office.told_at is None


def test_an_update_forgets_nothing_that_was_told(session: Session, tmp_path: Path) -> None:
    def update(**files: Path) -> int:
        return load_reference(session, units(), former_units(), now=NOW, replacements=files).changed

    update()
    hear(session, "BC23776;Bưu cục Ia Krái Một", "MC23776;Một cửa Ia Krái", head="code;name")
    assert update() == 0
    office = session.scalars(select(Office).where(Office.code == "BC23776")).one()
    assert (office.name, office.position_provisional) == ("Bưu cục Ia Krái Một", True)


def test_a_file_of_positions_alone_leaves_told_names_and_addresses(session: Session, tmp_path: Path) -> None:
    def update(text: str) -> None:
        (tmp_path / "offices.csv").write_text(text, "utf-8")
        load_reference(session, units(), former_units(), now=NOW, replacements={"offices": tmp_path / "offices.csv"})

    def told() -> tuple[str, str, float]:
        office = session.scalars(select(Office).where(Office.code == "BC23776")).one()
        return office.name, office.address, office.lon

    load_reference(session, units(), former_units(), now=NOW)
    bundled = told()[:2]
    update("code,lon,lat\nBC23776,107.68,14.0\n")
    assert told() == (*bundled, 107.68)
    hear(session, "BC23776;Bưu cục Ia Krái Một;12 Lê Lợi", head="code;name;address")
    update("code,lon,lat\nBC23776,107.69,14.0\n")
    assert told() == ("Bưu cục Ia Krái Một", "12 Lê Lợi", 107.69)
    update("code,lon,lat,name,address\nBC23776,107.69,14.0,Bưu cục Khác,Thôn 9\n")
    assert told() == ("Bưu cục Khác", "Thôn 9", 107.69)
    update("code,lon,lat\nBC23776,107.69,14.0\n")
    assert told() == ("Bưu cục Khác", "Thôn 9", 107.69)


def test_a_position_that_was_told_is_moved_by_no_later_file_of_positions(session: Session, tmp_path: Path) -> None:
    def update(part: str, code: str) -> None:
        file = tmp_path / f"{part}.csv"
        file.write_text(f"code,lon,lat\n{code},107.68,14.0\n", "utf-8")
        load_reference(session, units(), former_units(), now=NOW, replacements={part: file})

    load_reference(session, units(), former_units(), now=NOW)
    told = (
        "BC23776;107.7;14.01",
        "MC23776;107.68;14.0",
    )  # the desk's is what the file will say, too: told all the same
    assert [one.verdict for one in hear(session, *told, head="code;lon;lat")] == [RowVerdict.CHANGED] * 2
    assert [one.verdict for one in hear(session, *told, head="code;lon;lat")] == [RowVerdict.SAME] * 2
    update("offices", "BC23776")
    update("desks", "MC23776")
    office = session.scalars(select(Office).where(Office.code == "BC23776")).one()
    assert (office.lon, office.lat, office.position_provisional) == (107.7, 14.01, False)
    desk = session.scalars(select(Desk).where(Desk.code == "MC23776")).one()
    assert (desk.lon, desk.position_told_at) == (107.68, NOW)
