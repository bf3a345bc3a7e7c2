"""An administrator tells staff and places by a file: first what each line would do, then the same lines written."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.domain.identity import Role
from app.models import StaffAccount
from app.services.booking import slots
from app.texts import say
from app.unit_of_work import UnitOfWork
from app.web.coordinators.bank_statement import STATEMENT
from app.web.staff import told_tables
from app.web.staff.told_tables import TellsByFile
from tests.app.web.conftest import SignIn
from tests.factories import make_office, make_staff

STAFF, PLACES = "/tai-khoan/tep/nhan-vien", "/tai-khoan/tep/noi-lam-viec"


@pytest.fixture
def admin(session: UnitOfWork, sign_in: SignIn) -> StaffAccount:
    account = make_staff(session, Role.ADMIN)
    sign_in(account)
    return account


def sent(client: FlaskClient, page: str, content: bytes, name: str = "tep.csv") -> TestResponse:
    return client.post(page, data={"step": "look", "file": (BytesIO(content), name)})


def kept(answer: TestResponse) -> str:
    found = re.search(r'name="lines" value="([^"]*)"', answer.text)
    assert found is not None
    return unescape(found[1])


def usernames(session: UnitOfWork) -> set[str]:
    return set(session.scalars(select(StaffAccount.username).where(StaffAccount.name == "Người Thử")))


def test_a_file_is_looked_at_first_and_written_by_the_button(
    client: FlaskClient, session: UnitOfWork, admin: StaffAccount
) -> None:
    office = make_office(session)
    text = f"Tên đăng nhập;Họ tên;Vai trò;Bưu cục\n\nmot;Người Thử;Giao dịch viên;{office.code}\nhai;Người Thử;ai đó;\n"
    looked = sent(client, STAFF, text.encode())
    assert looked.status_code == 200
    assert "Không rõ vai trò “ai đó”" in looked.text
    assert usernames(session) == set()
    written = client.post(STAFF, data={"step": "write", "lines": kept(looked)})
    assert "Đã ghi: thêm 1, sửa 0, đóng 0, giữ nguyên 0." in written.text
    assert usernames(session) == {"mot"}
    assert ">4<" in written.text  # the wrong line, numbered as in the file
    assert client.post(STAFF, data={"step": "write", "lines": kept(looked)}).status_code == 200


def test_the_first_button_keeps_no_slot_waiting(
    client: FlaskClient, session: UnitOfWork, admin: StaffAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    recounted: list[object] = []
    monkeypatch.setattr(slots, "recount", lambda *given: recounted.append(given))
    office = make_office(session)
    text = f"Tên đăng nhập;Họ tên;Vai trò;Bưu cục;Điện thoại\nmot;Người Thử;Bưu tá;{office.code};0900000101\n"
    looked = sent(client, STAFF, text.encode())
    assert recounted == []
    client.post(STAFF, data={"step": "write", "lines": kept(looked)})
    assert len(recounted) == 1


def test_a_workbook_keeps_its_marks_on_the_way_through_the_page(
    client: FlaskClient, session: UnitOfWork, admin: StaffAccount
) -> None:
    office = make_office(session)
    book, content = Workbook(), BytesIO()
    assert book.active is not None
    for row in (["Mã", "Tên", "Địa chỉ"], [office.code, 'Bưu cục "Số Một"', "12; Lê Lợi,\nPleiku"]):
        book.active.append(row)
    book.save(content)
    looked = sent(client, PLACES, content.getvalue(), "noi.xlsx")
    assert client.post(PLACES, data={"step": "write", "lines": kept(looked)}).location == PLACES
    session.refresh(office)
    assert (office.name, office.address) == ('Bưu cục "Số Một"', "12; Lê Lợi, Pleiku")


def test_a_file_that_says_nothing_new_says_so(client: FlaskClient, session: UnitOfWork, admin: StaffAccount) -> None:
    office = make_office(session)
    looked = sent(client, PLACES, f"code;name\n{office.code};{office.name}\n".encode())
    assert "Mọi dòng đều giống như đang ghi ở đây" in looked.text
    assert 'name="lines"' not in looked.text


@pytest.mark.parametrize("content", [b"", "mã".encode("utf-16"), "Ngày;Giờ\n1;2\n".encode(), b"code;name\n"])
def test_a_file_that_nobody_can_read_is_answered_at_its_field(
    client: FlaskClient, admin: StaffAccount, content: bytes
) -> None:
    answer = sent(client, PLACES, content)
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


def test_only_administrators_and_places_only_those_of_all(
    client: FlaskClient, session: UnitOfWork, sign_in: SignIn
) -> None:
    office = make_office(session)
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=office))
    assert client.get(STAFF).status_code == 403
    assert STAFF not in client.get("/tai-khoan/nguoi-dung").text
    sign_in(make_staff(session, Role.ADMIN, office=office))
    assert client.get(STAFF).status_code == 200
    assert client.get(PLACES).status_code == 403
    assert PLACES not in client.get("/tai-khoan/nguoi-dung").text


def test_a_line_that_lacks_a_cell_is_told_without_the_words_of_the_terminal(
    client: FlaskClient, admin: StaffAccount
) -> None:
    page = sent(client, STAFF, "username;name;role\nmot;Người Thử;counter\n".encode()).text
    assert "Vai trò này cần điền ô này." in page
    assert "--office" not in page


def test_both_pages_are_reached_from_the_accounts(client: FlaskClient, admin: StaffAccount) -> None:
    page = client.get("/tai-khoan/nguoi-dung").text
    assert STAFF in page
    assert PLACES in page
    assert client.get(PLACES).status_code == 200


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", [told_tables.STAFF, told_tables.PLACES, told_tables.INTERPRETERS, STATEMENT])
def test_every_column_that_a_page_names_is_read_by_that_name(kind: TellsByFile, language: str) -> None:
    named = re.sub(r"\([^)]*\)", "", say(kind.columns, language)).split(",")
    assert [one for one in named if not kind.headings.is_heading(one)] == []
