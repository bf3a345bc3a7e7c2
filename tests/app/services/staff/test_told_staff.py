"""The staff as a file tells them: every line is answered, a wrong one changes nothing and stops no other."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.domain.custody import Holder
from app.domain.errors import DomainError
from app.domain.headed_table import RowAnswer, RowVerdict
from app.domain.identity import Role
from app.models import AuditEvent, Courier, StaffAccount
from app.services.staff.passwords import NO_PASSWORD
from app.services.staff.told_staff import HEADINGS, StaffTeller, hear_staff
from app.table_files import table_of
from app.texts import explain
from tests.factories import NOW, make_courier, make_desk, make_errand, make_office, make_staff
from tests.factories.office import make_vehicle_kind
from tests.factories.planning import make_parcel
from tests.factories.request import make_slot

HEAD = "Tên đăng nhập;Họ và tên;Vai trò;Mã bưu cục;Mã bộ phận một cửa;Số điện thoại;Trạng thái"


def hear(session: Session, *rows: str, by: StaffAccount | None = None, head: str = HEAD) -> list[RowAnswer]:
    text = "\n".join([head, *rows])
    return hear_staff(session, table_of(text, len(HEADINGS.columns), HEADINGS.is_heading), StaffTeller(by, NOW))


def wrong(answer: RowAnswer) -> tuple[str, str | None]:
    assert answer.verdict is RowVerdict.WRONG
    assert answer.error is not None
    assert explain(answer.error)
    return answer.error.code, answer.error.field


def account(session: Session, username: str) -> StaffAccount:
    return session.scalars(select(StaffAccount).where(StaffAccount.username == username)).one()


def test_couriers_clerks_and_managers_come_from_one_table(session: Session) -> None:
    office, desk = make_office(session), make_desk(session)
    answers = hear(
        session,
        f"buu.ta;Bưu Tá Thử;Bưu tá;{office.code};;0900 000 111;",
        f"mot.cua;Cán Bộ Thử;cán bộ một cửa;;{desk.code};;đang làm",
        f"truong;Trưởng Thử;OFFICE_MANAGER;{office.code};;;",
    )
    assert [(one.number, one.key, one.verdict) for one in answers] == [
        (2, "buu.ta", RowVerdict.NEW), (3, "mot.cua", RowVerdict.NEW), (4, "truong", RowVerdict.NEW),
    ]  # fmt: skip
    courier = session.scalars(select(Courier).where(Courier.name == "Bưu Tá Thử")).one()
    assert (courier.office, courier.phone) == (office, "0900000111")
    opened = account(session, "mot.cua")
    assert (opened.desk, opened.password_hash, opened.must_change_password) == (desk, NO_PASSWORD, True)


def test_the_same_file_again_changes_nothing(session: Session) -> None:
    row = f"buu.ta;Bưu Tá Thử;Bưu tá;{make_office(session).code};;0900000111;"
    hear(session, row)
    epoch = account(session, "buu.ta").session_epoch
    assert [one.verdict for one in hear(session, row)] == [RowVerdict.SAME]
    assert account(session, "buu.ta").session_epoch == epoch


def test_a_wrong_line_is_named_by_its_field_and_stops_no_other(session: Session) -> None:
    office = make_office(session)
    answers = hear(
        session,
        f"a.a;Người Thử;Bưu tá;{office.code};;12;",
        "b.b;Người Thử;Bưu tá;BC0;;0900000111;",
        f"c.c;;Giao dịch viên;{office.code};;;",
        f"d.d;Người Thử;nhà thơ;{office.code};;;",
        f"e.e;Người Thử;Giao dịch viên;{office.code};;;nghỉ phép",
        f"Ê;Người Thử;Giao dịch viên;{office.code};;;",
        f";Người Thử;Giao dịch viên;{office.code};;;",
        "g.g;Người Thử;Giao dịch viên;;;;",
        f"tot;Người Thử;Giao dịch viên;{office.code};;;",
        f"tot;Người Khác;Giao dịch viên;{office.code};;;",
        "hai;ô",
    )
    assert [wrong(one) for one in answers if one.key != "tot" or one.number == 11] == [
        ("phone_malformed", "phone"), ("unknown_office_codes", "office"), ("staff_name_missing", "name"),
        ("staff_role_unknown", "role"), ("staff_state_unknown", "state"), ("username_malformed", "username"),
        ("table_key_missing", "username"), ("account_option_missing", "office"), ("table_row_twice", "username"),
        ("table_row_width", "file"),
    ]  # fmt: skip
    assert account(session, "tot").name == "Người Thử"
    assert session.scalars(select(StaffAccount).where(StaffAccount.name == "Người Thử")).one().username == "tot"


def test_what_changes_is_named_and_the_sessions_end(session: Session) -> None:
    here, there = make_office(session), make_office(session)
    clerk = make_staff(session, Role.COUNTER, office=here, username="quay", name="Tên Cũ")
    (answer,) = hear(session, f"quay;Tên Mới;Trưởng bưu cục;{there.code};;;")
    assert (answer.verdict, answer.fields) == (RowVerdict.CHANGED, ("name", "role", "office"))
    assert (clerk.name, clerk.role, clerk.office, clerk.session_epoch) == ("Tên Mới", Role.OFFICE_MANAGER, there, 1)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "change_account")).one()
    assert event.detail == {"fields": ["name", "role", "office"], "role": "office_manager", "former": "counter"}


def test_an_empty_cell_says_nothing(session: Session) -> None:
    office = make_office(session)
    clerk = make_staff(session, Role.COUNTER, office=office, username="quay", name="Tên Cũ")
    assert hear(session, "quay;Tên Mới", head="username;name")[0].fields == ("name",)
    assert (clerk.role, clerk.office, clerk.session_epoch) == (Role.COUNTER, office, 0)


def test_a_clerk_moves_from_the_counter_to_a_desk(session: Session) -> None:
    desk = make_desk(session)
    clerk = make_staff(session, Role.COUNTER, office=make_office(session), username="quay")
    (answer,) = hear(session, f"quay;;Cán bộ một cửa;;{desk.code};;")
    assert answer.fields == ("role", "office", "desk")
    assert (clerk.role, clerk.office, clerk.desk) == (Role.DESK_CLERK, None, desk)


def test_a_courier_gets_a_new_name_and_telephone_but_no_other_office(session: Session) -> None:
    courier = make_courier(session)
    username = courier.staff_account.username if courier.staff_account else ""
    assert hear(session, f"{username};Tên Mới;;;;0900000222;")[0].fields == ("name", "phone")
    assert (courier.name, courier.phone) == ("Tên Mới", "0900000222")
    assert wrong(hear(session, f"{username};;;{make_office(session).code};;;")[0]) == ("courier_stays", "office")
    assert wrong(hear(session, f"{username};;Giao dịch viên;;;;")[0]) == ("courier_stays", "role")


def test_who_left_is_closed_once_and_stays_closed(session: Session) -> None:
    clerk = make_staff(session, Role.COUNTER, office=make_office(session), username="quay")
    assert hear(session, "quay;;;;;;nghỉ")[0].verdict is RowVerdict.CLOSED
    assert not clerk.active
    assert hear(session, "quay;;;;;;nghỉ")[0].verdict is RowVerdict.SAME
    assert wrong(hear(session, "quay;;;;;;")[0]) == ("account_closed_for_good", "username")
    assert wrong(hear(session, "ai.do;;;;;;nghỉ")[0]) == ("account_unknown", "username")


def test_a_courier_with_envelopes_is_not_closed(session: Session) -> None:
    courier = make_courier(session)
    make_parcel(session, make_errand(session), holder=Holder.COURIER, holder_id=str(courier.id))
    username = courier.staff_account.username if courier.staff_account else ""
    assert wrong(hear(session, f"{username};;;;;;nghỉ")[0])[0] == "courier_holds_parcels"


def test_a_name_that_nobody_has_is_no_new_account_without_a_role(session: Session) -> None:
    (answer,) = hear(session, "ai.do;Tên Mới;;;;;")
    assert wrong(answer) == ("staff_role_missing", "role")
    assert answer.error is not None
    assert "ai.do" in explain(answer.error)


def test_the_last_administrator_is_neither_closed_nor_given_another_role(session: Session) -> None:
    make_staff(session, Role.ADMIN, username="quantri")
    assert wrong(hear(session, "quantri;;;;;;nghỉ")[0]) == ("last_admin", "username")
    assert wrong(hear(session, "quantri;;Điều phối viên;;;;")[0]) == ("last_admin", "username")


def test_an_administrator_of_one_office_tells_only_of_that_office(session: Session) -> None:
    here, there = make_office(session), make_office(session)
    admin = make_staff(session, Role.ADMIN, office=here)
    make_staff(session, Role.COUNTER, office=there, username="xa")
    answers = hear(
        session,
        "xa;Tên Mới;;;;;", "xa2;Người Thử;Giao dịch viên;" + there.code + ";;;", "gan;Người Thử;Giao dịch viên;" + here.code + ";;;",
        by=admin,
    )  # fmt: skip
    assert [wrong(one)[0] for one in answers[:2]] == ["account_not_yours", "role_not_yours"]
    assert answers[2].verdict is RowVerdict.NEW


def test_an_administrator_of_one_office_changes_its_staff_though_read_in_another_session(session: Session) -> None:
    here, there = make_office(session), make_office(session)
    admin = make_staff(session, Role.ADMIN, office=here)
    make_staff(session, Role.COUNTER, office=here, username="quay", name="Tên Cũ")
    session.flush()
    session.expunge_all()  # a page reads who asks before it begins its transaction
    answers = hear(session, "quay;Tên Mới;;;;;", f"quay2;Người Thử;Giao dịch viên;{here.code};;;", by=admin)
    assert [(one.verdict, one.fields) for one in answers] == [(RowVerdict.CHANGED, ("name",)), (RowVerdict.NEW, ())]
    assert wrong(hear(session, f"quay;;;{there.code};;;", by=admin)[0]) == ("role_not_yours", "role")


@pytest.mark.parametrize(("rehearses", "counted"), [(False, 2), (True, 0)])
def test_an_office_is_counted_once_a_file_and_in_a_rehearsal_not_at_all(
    session: Session, rehearses: bool, counted: int
) -> None:
    office, other = make_office(session), make_office(session)
    slot = make_slot(session, unit=office.unit, capacity=0)
    leaving = make_courier(session, office=other)
    rows = [f"buu.ta{n};Bưu Tá Thử;Bưu tá;{office.code};;09000001{n:02d};" for n in range(3)]
    rows.append(f"{leaving.staff_account.username if leaving.staff_account else ''};;;;;;nghỉ")
    lines = table_of("\n".join([HEAD, *rows]), len(HEADINGS.columns), HEADINGS.is_heading)
    asked: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *call: asked.append(call[2]))
    hear_staff(session, lines, StaffTeller(None, NOW, rehearses=rehearses))
    locks = [statement for statement in asked if "FROM slot" in statement and "FOR UPDATE" in statement]
    assert len(locks) == counted
    assert (slot.capacity > 0) is not rehearses


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("Họ tên;Vai trò", "table_without_headings"),
        ("Tên đăng nhập;Ngày sinh", "table_heading_unknown"),
        ("Tên đăng nhập;Họ tên;Ten", "table_heading_twice"),
    ],
)
def test_a_head_that_nobody_can_read_is_refused_as_a_whole(session: Session, head: str, code: str) -> None:
    with pytest.raises(DomainError, match=code) as refusal:
        hear(session, "x;y", head=head)
    assert explain(refusal.value)


def test_a_table_without_rows_says_so(session: Session) -> None:
    with pytest.raises(DomainError, match="table_without_rows"):
        hear(session)


def test_a_courier_s_languages_come_with_the_table(session: Session) -> None:
    office = make_office(session)
    head = f"{HEAD};Tiếng nói"
    hear(session, f"buu.ta;Bưu Tá Thử;Bưu tá;{office.code};;0900000111;;Ba Na, Jrai", head=head)
    courier = session.scalars(select(Courier).where(Courier.name == "Bưu Tá Thử")).one()
    assert courier.tongues == ["jra", "bdq"]
    [again, emptied] = [hear(session, f"buu.ta;;;;;;;{said}", head=head)[0] for said in ("", "-")]
    assert (again.verdict, emptied.fields, courier.tongues) == (RowVerdict.SAME, ("tongues",), [])
    clerk = hear(session, f"mot.cua;Cán Bộ Thử;cán bộ một cửa;;{make_desk(session).code};;;Jrai", head=head)
    assert wrong(clerk[0]) == ("tongue_not_of_staff", "tongues")


def test_a_courier_s_vehicle_comes_with_the_table(session: Session) -> None:
    make_vehicle_kind(session)
    make_vehicle_kind(session, "boat", offered=False)
    head, office = f"{HEAD};Loại xe", make_office(session)
    hear(session, f"buu.ta;Bưu Tá Thử;Bưu tá;{office.code};;0900000111;;xe tải  nhỏ", head=head)
    courier = session.scalars(select(Courier).where(Courier.name == "Bưu Tá Thử")).one()
    assert courier.vehicle == "van"
    [same, emptied] = [hear(session, f"buu.ta;;;;;;;{said}", head=head)[0] for said in ("van", "-")]
    assert (same.verdict, emptied.fields, courier.vehicle) == (RowVerdict.SAME, ("vehicle",), "motorbike")
    assert wrong(hear(session, "buu.ta;;;;;;;boat", head=head)[0]) == ("vehicle_unknown", "vehicle")
    clerk = f"mot.cua;Cán Bộ Thử;cán bộ một cửa;;{make_desk(session).code};;"
    assert wrong(hear(session, f"{clerk};van", head=head)[0]) == ("vehicle_not_of_staff", "vehicle")
    hear(session, clerk)
    assert wrong(hear(session, "mot.cua;;;;;;;van", head=head)[0]) == ("vehicle_not_of_staff", "vehicle")
