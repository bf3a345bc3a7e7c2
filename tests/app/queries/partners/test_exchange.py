"""A dossier's exchange and the state of connections, as rows."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from app.queries.partners import exchange
from app.queries.partners.link_state import link_states
from tests.factories import NOW, make_dossier, make_errand, make_request
from tests.factories.links import make_inbox_message, make_link, make_order, make_outbox_message

CODE = "H21.65-261130-0031"


def test_a_story_holds_what_subscribers_were_told_of_its_visits_and_no_other_dossiers(session: Session) -> None:
    request = make_request(session)
    dossier = make_dossier(session, request, code=CODE)
    errand = make_errand(session, request, dossiers=[dossier])
    own = make_outbox_message(session, dossier, link="webhook:1", kind="dossier.moved")
    visit = make_outbox_message(session, None, link="webhook:1", kind="errand.done", subject=str(errand.id))
    asked = make_outbox_message(session, None, link="webhook:1", kind="request.made", subject=str(request.id))
    make_outbox_message(session, make_dossier(session), link="webhook:1", kind="dossier.moved")
    told = [entry.row for entry in exchange.story(session, dossier) if entry.kind == "outbox_message"]
    assert told == [own, visit, asked]


def test_a_line_belongs_to_the_order_it_names_at_the_same_carrier(session: Session) -> None:
    dossier = make_dossier(session, code=CODE)
    order = make_order(session, dossier, item_code="RT473124829VN")
    by_number = make_inbox_message(session, subject=order.number, received_at=NOW + timedelta(hours=1))
    by_waybill = make_inbox_message(session, subject="RT473124829VN", received_at=NOW + timedelta(hours=2))
    make_inbox_message(session, subject=order.number, link="another")
    make_inbox_message(session, subject=f"{CODE}-TG02")
    lines = [entry.row for entry in exchange.story(session, dossier) if entry.kind == "inbox_message"]
    assert lines == [by_number, by_waybill]
    assert exchange.dossier_of_inbox_message(session, by_waybill) is dossier


def test_an_erased_citizen_leaves_empty_fields(session: Session) -> None:
    dossier = make_dossier(session, code=CODE)
    row = make_outbox_message(session, dossier)
    dossier.request.applicant.name = dossier.request.applicant.phone = None
    fields = {field.key: field.value for field in exchange.as_sent(session, row)}
    assert (fields["code"], fields["owner"], fields["owner_phone"]) == (CODE, "", "")


def test_only_what_follows_in_the_same_dossier_waits_behind(session: Session) -> None:
    dossier = make_dossier(session, code=CODE)
    make_outbox_message(session, dossier)
    row = make_outbox_message(session, dossier, state="late")
    make_outbox_message(session, dossier, state="withdrawn")
    make_outbox_message(session, dossier, link="vnpost", kind="cancel_order")
    make_outbox_message(session, dossier)
    assert exchange.behind(session, row) == 1


def test_who_wants_somebody_comes_first_then_who_is_on(session: Session) -> None:
    make_link(session, "one_stop", enabled=False)
    make_link(session, "a_carrier")
    make_link(session, "b_carrier", failures=6, open_until=NOW + timedelta(seconds=1))
    make_outbox_message(session, None, link="c_carrier", kind="place_order", state="late")
    make_link(session, "d_carrier", enabled=False)
    make_outbox_message(session, None, link="d_carrier", kind="place_order")
    names = [state.name for state in link_states(session, NOW)]
    assert names == ["b_carrier", "c_carrier", "d_carrier", "a_carrier", "one_stop"]
    later = {state.name: state.wants_somebody(NOW + timedelta(seconds=1)) for state in link_states(session, NOW)}
    assert later == {"one_stop": False, "a_carrier": False, "b_carrier": False, "c_carrier": True, "d_carrier": True}
