"""What to put ready is said alike on the pages, on the leaflet, on the courier's slip and in the evening's message."""

from __future__ import annotations

from dataclasses import replace

from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.tariff import ChargeKind, Direction, PricePart
from app.models import Message, RequiredPaper
from app.services.documents import leaflet, route_papers
from app.services.messaging import messages
from app.services.reference.procedures import read_procedures
from app.unit_of_work import UnitOfWork
from app.web.citizens.presenting import bases, paper_item
from app.web.session import WebContext, init_context
from tests.app.web.citizens.walk import book, walk_to_confirm
from tests.factories import DAY, KEYS, NOW, World, make_dossier, make_errand, make_paper, make_procedure

LOOKED_UP = "Cơ quan tra cứu được thì không cần nộp"


def every_line() -> list[RequiredPaper]:
    return [
        make_paper(
            paper.line, name=paper.name, originals=paper.originals, copies=paper.copies, mode=paper.mode,
            need=paper.need, certified_by_post=paper.certified_by_post, in_database=paper.in_database,
        )
        for procedure in read_procedures().procedures
        for paper in procedure.papers
    ]  # fmt: skip


def test_page_leaflet_and_slip_say_the_same_of_every_paper(client: FlaskClient) -> None:
    with client.application.test_request_context("/"):
        for line in every_line():
            page = paper_item(line)
            slip = route_papers.paper_row(line, "vi")
            assert ", ".join(page["tags"]) == slip["wanted"]
            assert page["note"].split(". ") == slip["note"].split("; ")
            said = [*page["tags"], *(remark for remark in page["note"].split(". ") if remark)]
            assert "; ".join(said) == leaflet.paper_row(line, "vi")["note"]


def test_nobody_is_told_to_hand_over_the_original_of_a_certified_line(client: FlaskClient) -> None:
    certified = [line for line in every_line() if line.certified_by_post]
    with client.application.test_request_context("/"):
        assert {tag for line in certified for tag in paper_item(line)["tags"]} == {"1 bản sao có chứng thực"}


def test_the_last_page_says_how_each_paper_travels(client: FlaskClient, world: World) -> None:
    book(client, world)
    page = client.get("/dat-lich/xong").text
    assert "1 bản sao có chứng thực" in page
    assert f"Bản chính ông/bà giữ lại. {LOOKED_UP}" in page
    assert "Bưu tá mang theo mẫu trống" in page


def test_where_the_agency_publishes_the_form_is_said_beside_the_form_alone(
    client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    book(client, world)
    here: WebContext = client.application.extensions["tannha"]
    silent = [client.get(page).text for page in ("/dat-lich/xong", f"/thu-tuc/{world.procedure.code}")]
    told = replace(here.settings, forms="https://thutuc.example.vn/chi-tiet?ma={code}")
    init_context(client.application, replace(here, settings=told))
    shown = [client.get(page).text for page in ("/dat-lich/xong", f"/thu-tuc/{world.procedure.code}")]
    walk_to_confirm(client, world)
    shown.append(client.get("/dat-lich/ho-so").text)
    link = f'<a href="https://thutuc.example.vn/chi-tiet?ma={world.procedure.code}" rel="noopener noreferrer">'
    assert [page.count(link) for page in shown] == [1, 1, 1]
    assert all("(mở thutuc.example.vn)" in page and "Bưu tá mang theo mẫu trống" in page for page in shown)
    assert not any("tự in mẫu" in page for page in silent)


def test_the_evening_s_message_counts_the_same_papers(session: UnitOfWork) -> None:
    papers = [make_paper(1), make_paper(2, mode="present", certified_by_post=True), make_paper(3, in_database=True)]
    dossier = make_dossier(session, procedure=make_procedure(session, papers, cases=[]))
    make_errand(session, dossier.request)
    messages.tell_evening_before(session, DAY, NOW, KEYS)
    (body,) = session.scalars(select(Message.body).where(Message.template == "evening_before"))
    assert "Xin để sẵn 1 bản chính, 1 bản sao có chứng thực." in (body or "")


def test_the_basis_of_a_price_holds_no_remark_of_the_operator_s_file(client: FlaskClient) -> None:
    parts = [
        PricePart(ChargeKind.POSTAGE, Direction.SEND, 1, 1, "Thông tư 22/2017 (nguồn thứ cấp, chưa đối chiếu)"),
        PricePart(ChargeKind.STATE_FEE, None, 0, 0, "dữ liệu mẫu, được thay bằng LayThuTuc"),
    ]
    with client.application.test_request_context("/"):
        assert bases(parts) == ["Thông tư 22/2017", "Lệ phí theo danh mục thủ tục hành chính đã công bố"]
