"""What a courier carries out: the sheet with the word said first, slips with room to sign, cards that name nobody."""

from __future__ import annotations

import io

from pypdf import PdfReader
from sqlalchemy.orm import Session

from app.domain.greeting import greeting
from app.models import Errand
from app.services.documents import route_papers
from app.services.documents.route_papers import Printing, RoutePaper
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, KEYS, make_courier, make_errand, make_paper, make_procedure
from tests.factories.custody import Road, make_road, result_out
from tests.factories.route import make_route

PRINTING = Printing(KEYS, "http://localhost:8000")


def pages(session: Session, road: Road, doors: list[list[Errand]], *parts: RoutePaper) -> list[str]:
    route = make_route(session, make_courier(session, office=road.world.office), DAY, doors)
    session.expire_all()
    pdf = route_papers.render(session, route.id, PRINTING, frozenset(parts or RoutePaper))
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_one_pdf_holds_sheet_slips_and_cards(session: Session) -> None:
    road = make_road(session)
    sheet, slip, cards = pages(session, road, [[road.collection]])
    assert "BD13" in sheet
    assert "Liên 1: người gửi giữ" in slip
    assert "Liên 2: cho vào phong bì" in slip
    assert "Bưu tá đã đến mà chưa gặp được" in cards


def test_the_sheet_carries_the_word_that_the_courier_says_first(session: Session) -> None:
    road = make_road(session)
    (sheet,) = pages(session, road, [[road.collection]], RoutePaper.SHEET)
    assert greeting(KEYS.greeting, road.collection.id, road.collection.slot_id) in sheet


def test_the_sheet_counts_the_empty_forms_to_take_along(session: Session) -> None:
    road = make_road(session)
    (sheet,) = pages(session, road, [[road.collection]], RoutePaper.SHEET)
    assert "Mẫu trống mang theo: 1 × Tờ khai thử" in sheet


def test_a_slip_lists_the_published_papers_with_their_version_and_nothing_is_filled_in(session: Session) -> None:
    road = make_road(session)
    (slip,) = pages(session, road, [[road.collection]], RoutePaper.SLIPS)
    procedure = road.dossier.procedure
    assert f"{procedure.name} ({procedure.code}). Danh mục công bố, bản {procedure.version}" in slip
    for words in (road.request.reference, "Số niêm phong", "Mã bưu gửi", road.world.desk.name):
        assert slip.count(words) == 2  # both copies
    assert "RT" not in slip


def test_a_sender_signs_nothing_on_paper_and_keeps_the_courier_s_signature(session: Session) -> None:
    road = make_road(session)
    (slip,) = pages(session, road, [[road.collection]], RoutePaper.SLIPS)
    assert slip.count("Người gửi chỉ ký một lần, trên máy của bưu tá.") == 2  # both copies say it
    assert (slip.count("(ký trên máy, không ký ở đây)"), slip.count("(ký, ghi rõ họ tên)")) == (3, 1)


def test_a_file_that_wants_a_signed_slip_has_its_copy_signed_by_both(session: Session) -> None:
    named = make_paper(1, name="Bản sao phiếu gửi hồ sơ bưu chính công ích có chữ ký của nhân viên bưu chính")
    road = make_road(session, procedure=make_procedure(session, [named], cases=[]))
    (slip,) = pages(session, road, [[road.collection]], RoutePaper.SLIPS)
    assert "Hồ sơ này cần phiếu có chữ ký" in slip
    assert (slip.count("(ký trên máy, không ký ở đây)"), slip.count("(ký, ghi rõ họ tên)")) == (1, 3)


def test_a_long_list_stays_on_its_one_page(session: Session) -> None:
    lines = [
        make_paper(n, name=f"Giấy tờ thử dài tên số {n} kèm theo bản vẽ hiện trạng và bản thuyết minh")
        for n in range(1, 15)
    ]
    road = make_road(session, procedure=make_procedure(session, lines, cases=[]))
    assert len(pages(session, road, [[road.collection]], RoutePaper.SLIPS)) == 1


def test_a_delivery_needs_a_slip_only_for_originals_that_are_due(session: UnitOfWork) -> None:
    road = make_road(session)
    result_out(session, road)
    assert len(pages(session, road, [[road.delivery]])) == 2  # sheet and card


def test_a_card_is_a_household_s_and_names_nobody(session: Session) -> None:
    road = make_road(session)
    neighbour = make_errand(session, office=road.world.office)
    (cards,) = pages(session, road, [[road.collection, road.delivery, neighbour]], RoutePaper.CARDS)
    assert cards.count("Quét mã này") == 2
    assert road.request.reference in cards
    assert neighbour.request.reference in cards
    for personal in (road.request.applicant.name, road.request.applicant.phone, road.request.place.address):
        assert personal is not None
        assert personal not in cards


def test_nine_households_need_two_sheets_of_cards(session: Session) -> None:
    road = make_road(session)
    doors = [[make_errand(session, office=road.world.office)] for _ in range(9)]
    assert len(pages(session, road, doors, RoutePaper.CARDS)) == 2
