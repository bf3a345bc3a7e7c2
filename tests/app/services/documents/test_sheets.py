"""Every sheet is a PDF with the right words, and without what does not belong on paper."""

from __future__ import annotations

import io
from datetime import time, timedelta
from uuid import uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.checklist import Tick
from app.domain.commands import PaperTicked
from app.domain.errors import DomainError
from app.domain.operation import FileKind
from app.domain.parcel import ParcelPurpose, s10
from app.models import FileUse, Plan, Route, Stop, StopErrand
from app.services.documents import code_slip, label, leaflet, route_papers, slip
from app.services.documents.route_papers import Printing, RoutePaper
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, KEYS, NOW, make_paper, make_procedure
from tests.factories.custody import Road, collected, make_road, parcels_of, result_out

BASE = "http://localhost:8000"
PRINTING, SHEET = Printing(KEYS, BASE), frozenset({RoutePaper.SHEET})
A5, A4_LANDSCAPE = (420, 595), (842, 595)
POINTS_A_MM = 72 / 25.4


def pages(pdf: bytes) -> list[str]:
    """The words of each page, blanks folded: typst breaks lines where it must."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def size(pdf: bytes) -> tuple[int, int]:
    box = PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    return round(box.width), round(box.height)


def test_the_consignment_slip_is_two_copies_of_the_signed_list(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road, seal_number="TNSLIP001")
    session.flush()
    session.refresh(parcel)

    pdf = slip.render(session, parcel, BASE)

    assert size(pdf) == A5
    first, second = pages(pdf)
    assert "Liên 1: người gửi giữ" in first
    assert "Liên 2: kèm hồ sơ" in second
    for words in (parcel.code, "TNSLIP001", road.request.reference, road.world.desk.name, "Giấy tờ tùy thân thử"):
        assert words in first
        assert words in second


def test_who_signed_on_the_glass_is_asked_for_no_pen_again(session: UnitOfWork) -> None:
    road, operation = make_road(session), uuid4()
    parcel = collected(session, road, operation_id=str(operation))
    use = FileUse(sha256="0" * 64, operation_id=operation, errand_id=road.collection.id)
    use.kind = FileKind.CITIZEN_SIGNATURE
    session.add(use)
    session.flush()
    session.refresh(parcel)
    kept, enclosed = pages(slip.render(session, parcel, BASE))
    assert (kept.count("(ký trên máy"), kept.count("(ký, ghi rõ")) == (1, 1)  # the courier's, for the sender
    assert (enclosed.count("(ký trên máy"), enclosed.count("(ký, ghi rõ")) == (2, 0)


def test_without_the_glass_the_copy_in_the_envelope_is_signed_by_both(session: UnitOfWork) -> None:
    parcel = collected(session, make_road(session))
    session.flush()
    session.refresh(parcel)
    kept, enclosed = pages(slip.render(session, parcel, BASE))
    assert (kept.count("(không cần ký)"), kept.count("(ký, ghi rõ")) == (1, 1)
    assert (enclosed.count("(không cần ký)"), enclosed.count("(ký, ghi rõ")) == (0, 2)


def test_the_slip_of_an_erased_person_names_nobody(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    road.request.applicant.name = road.request.applicant.phone = road.request.place.address = None
    session.flush()
    session.refresh(parcel)

    (first, _) = pages(slip.render(session, parcel, BASE))

    assert "(đã xóa)" in first


def test_the_slip_speaks_vietnamese_letters(session: UnitOfWork) -> None:
    words = "Ậ ậ Ẵ ẵ Ỡ ỡ Ữ ữ Ỷ ỷ Đ đ"
    procedure = make_procedure(session, [make_paper(1, name=words)], cases=[])
    road = make_road(session, procedure=procedure)
    parcel = collected(session, road, cases=(), papers={1: PaperTicked(Tick.IN_ENVELOPE)})
    session.flush()
    session.refresh(parcel)

    assert words in pages(slip.render(session, parcel, BASE))[0]


START = at(DAY, time(7, 0))


def planned_route(session: Session, road: Road) -> Route:
    plan = Plan(
        day=DAY,
        assignment="home",
        engine="insertion",
        engine_versions={},
        seed=1,
        problem_hash="0",
        errands=1,
        served=1,
        couriers=1,
        distance_m=41_200,
        duration_s=3_600,
        cost=1,
        violations=0,
        wall_s=1.0,
        created_at=NOW,
    )
    session.add(plan)
    session.flush()
    route = make_route(session, road, plan.id)
    stop = make_stop(session, road, route.id)
    for errand in (road.collection, road.delivery):
        session.add(StopErrand(stop_id=stop.id, errand_id=errand.id))
    session.flush()
    session.expire_all()
    return route


def make_route(session: Session, road: Road, plan_id: int) -> Route:
    route = Route(
        plan_id=plan_id,
        office_id=road.world.office.id,
        courier_id=road.world.courier.id,
        shift_id=road.world.shift.id,
        number=1,
        starts_at=START,
        ends_at=START + timedelta(hours=9),
        break_at=START + timedelta(hours=4, minutes=30),
        break_s=3_600,
        distance_m=41_200,
        duration_s=3_600,
        cost=1,
    )
    session.add(route)
    session.flush()
    return route


def make_stop(session: Session, road: Road, route_id: int) -> Stop:
    arrival = START + timedelta(minutes=12)
    stop = Stop(
        route_id=route_id,
        sequence=1,
        place_id=road.request.place_id,
        arrives_at=arrival,
        starts_at=arrival,
        leaves_at=arrival + timedelta(minutes=8),
        distance_m=3_000,
    )
    session.add(stop)
    session.flush()
    return stop


def test_the_route_sheet_lists_doors_tasks_and_envelopes(session: UnitOfWork) -> None:
    road = make_road(session)
    result = result_out(session, road)
    code = result.code

    pdf = route_papers.render(session, planned_route(session, road).id, PRINTING, SHEET)

    assert size(pdf) == A4_LANDSCAPE
    (page,) = pages(pdf)
    for words in ("BD13", "07:12", "Nhận hồ sơ", "Trả kết quả", code, "Nghỉ từ 11:30, 60 phút", "41,2 km"):
        assert words in page


def test_the_route_sheet_has_no_telephone(session: Session) -> None:
    road = make_road(session)
    route = planned_route(session, road)

    (page,) = pages(route_papers.render(session, route.id, PRINTING, SHEET))

    assert road.request.applicant.phone is not None
    assert road.request.applicant.phone not in page
    assert road.world.courier.phone not in page


def test_an_unknown_route_is_not_found(session: Session) -> None:
    with pytest.raises(DomainError) as refusal:
        route_papers.render(session, 0, PRINTING, SHEET)
    assert refusal.value.code == "not_found"


def test_a_leaflet_says_the_three_ways_and_the_papers(session: Session) -> None:
    procedure = make_procedure(session)

    pdf = leaflet.render(session, procedure.code, BASE, DAY)

    assert size(pdf) == A5
    (page,) = pages(pdf)
    for words in (procedure.name, procedure.code, "Nộp trực tuyến", "Bưu tá đến nhà", "Tại quầy", "Tờ khai thử"):
        assert words in page


def test_a_leaflet_of_a_refused_procedure_says_why(session: Session) -> None:
    procedure = make_procedure(session, presence="yes", refusal="Hai người phải cùng có mặt.")

    (page,) = pages(leaflet.render(session, procedure.code, BASE, DAY))

    assert "Hai người phải cùng có mặt." in page
    assert "Bưu tá đến nhà" not in page


def test_a_code_slip_shows_the_six_digits_and_names_nobody(session: Session) -> None:
    road = make_road(session)

    (page,) = pages(code_slip.render(road.delivery, "042917", BASE))

    assert "042917" in page.replace(" ", "")
    assert road.request.reference in page
    assert (road.request.applicant.name or "!") not in page


def test_labels_of_the_roll_fill_a4_sheets_of_24_with_their_codes_alone() -> None:
    codes = [s10(number) for number in range(10_000_001, 10_000_031)]

    pdf = label.render_sheets(codes)

    first, second = pages(pdf)
    assert size(pdf) == (595, 842)
    assert [word for word in f"{first} {second}".split() if word.startswith("RT")] == codes
    assert [page.count("RT") for page in (first, second)] == [24, 6]


def test_a_label_names_places_and_no_person(session: UnitOfWork) -> None:
    road = make_road(session)
    result_out(session, road)
    session.flush()
    (dossier,) = parcels_of(session, road, ParcelPurpose.DOSSIER)
    (result,) = parcels_of(session, road, ParcelPurpose.RESULT)

    pdf = label.render(session, [dossier, result])

    outward, home = pages(pdf)
    assert size(pdf) == (round(100 * POINTS_A_MM), round(60 * POINTS_A_MM))
    assert dossier.code in outward
    assert result.code in home
    for personal in (road.request.applicant.name, road.request.applicant.phone, road.request.place.address):
        assert personal is not None
        assert personal not in outward + home
