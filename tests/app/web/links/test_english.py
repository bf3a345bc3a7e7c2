"""With English chosen the pages of the joined systems are English, full of data, too."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.app.web.test_english import vietnamese
from tests.factories import NOW, make_applicant, make_dossier, make_errand, make_request, make_world
from tests.factories.links import make_inbox_message, make_link, make_order, make_outbox_message

URL = "/dieu-phoi/ket-noi/"


def test_every_page_with_data_speaks_english(session: Session, admin: FlaskClient) -> None:
    world = make_world(session)
    request = make_request(session, unit=world.unit, applicant=make_applicant(session, name="Nguyễn Văn Thử"))
    dossier = make_dossier(session, request, desk=world.desk, procedure=world.procedure, code="H21.65-261130-0099")
    errand = make_errand(session, request, dossiers=[dossier], office=world.office)
    make_link(
        session, "vnpost", failures=7, open_until=NOW + timedelta(minutes=5), rate_per_minute=60,
        last_fault_at=NOW, last_fault="Unavailable: answered 502",
    )  # fmt: skip
    make_link(session, "one_stop", enabled=False)
    order = make_order(session, dossier, errand=errand, milestone="picked_up")
    body = {"order_id": str(order.id)}
    placed = make_outbox_message(
        session, dossier, link="vnpost", kind="place_order", body=body, state="refused", said="no"
    )
    step = make_outbox_message(
        session, dossier, state="parked", fault="BadAnswer", reason="the answer is not JSON", raw=b"x"
    )
    line = make_inbox_message(session, subject=order.number)
    unread = make_inbox_message(session, kind="unreadable", code=None, raw=b"{}", reason="field x is y")
    pages = ["", "can-xu-ly", f"gui/{placed.id}", f"gui/{step.id}", "tin-den", f"tin-den/{line.id}"]
    pages += [f"tin-den/{unread.id}", f"ho-so/{dossier.id}", "buu-cuc"]
    for page in pages:
        answer = admin.get(f"{URL}{page}?lang=en")
        assert answer.status_code == 200
        assert (page, vietnamese(answer, world)) == (page, [])
