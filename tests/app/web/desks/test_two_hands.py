"""Two signatures by two hands: the other side signs on its own phone or its own machine; a password typed here is marked."""

from __future__ import annotations

import json
from datetime import time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.clock import at
from app.domain.countersigning import SignedBy, asking, countersign_text
from app.domain.custody import Party
from app.models import Countersignature, CustodyEvent, Device, Parcel, SigningInvitation
from app.queries.custody.verification import verify
from app.services.staff.devices import token_hash
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import TODAY, Place
from tests.app.web.desks.test_bags import in_the_safe
from tests.app.web.desks.test_counting import count
from tests.factories import KEYS, make_courier, make_world
from tests.factories.custody import at_desk as brought_to_desk
from tests.factories.custody import collected
from tests.factories.phone import make_device
from tests.fakes.phone import key_of_phone, signed

UPLOAD = "khóa của máy thử"


def holder_of(session: Session, parcel: Parcel) -> Party:
    row = session.get_one(Parcel, parcel.id)
    return Party(row.holder, row.holder_id)


def phone_of(session: UnitOfWork, place: Place, **given: Any) -> Device:
    return make_device(session, place.road.world.courier, upload_hash=token_hash(UPLOAD), **given)


def invited(place: Place, session: UnitOfWork, parcels: list[Parcel], **given: Any) -> SigningInvitation:
    """The counter has scanned what the courier brings, and asks the courier to sign."""
    chosen = f"courier:{place.road.world.courier.id}"
    data = {"sign": "own", "party": chosen, "other_name": "", "other_password": "", **given}
    answer = place.hand_over("/buu-cuc", parcels, place.courier, **data)
    assert answer.status_code == 303, answer.text
    invitation = session.scalars(select(SigningInvitation).order_by(SigningInvitation.asked_at.desc())).first()
    assert invitation is not None
    assert answer.location == f"/buu-cuc/ky/{invitation.id}"
    return invitation


def signature(invitation: SigningInvitation, device: Device) -> str:
    """What the phone makes of the code on the screen, and of nothing else."""
    said = json.loads(asking(invitation.said).partition(" ")[2])
    return signed(key_of_phone(device.id), countersign_text(said, device.id))


def answer_online(client: FlaskClient, invitation: SigningInvitation, device: Device, **given: str) -> TestResponse:
    body = {"id": invitation.id, "signature": signature(invitation, device), **given}
    headers = {"Authorization": f"Bearer {UPLOAD}"}
    return client.post("/api/v1/courier/countersign", json=body, headers=headers)


def the_signature(session: Session) -> Countersignature:
    return session.scalars(select(Countersignature)).one()


def newest_event(session: Session, parcel: Parcel) -> CustodyEvent:
    mine = select(CustodyEvent).where(CustodyEvent.parcel_id == parcel.id)
    return session.scalars(mine.order_by(CustodyEvent.event_no.desc())).all()[0]


def test_nothing_moves_before_the_other_side_has_signed(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    invited(at_counter, session, [parcel])
    assert holder_of(session, parcel) == at_counter.road.courier


def test_the_screen_shows_a_code_with_no_person_in_it(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    invitation = invited(at_counter, session, [parcel])
    assert 'src="data:image/svg+xml;base64,' in at_counter.client.get(f"/buu-cuc/ky/{invitation.id}").text
    assert {"id", "nonce", "until", "heads", "codes", "n", "place_name"} <= invitation.said.keys()
    assert at_counter.road.world.courier.name not in asking(invitation.said)


def test_the_courier_s_own_phone_signs_and_the_envelope_moves(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    device = phone_of(session, at_counter)
    invitation = invited(at_counter, session, [parcel])

    assert answer_online(at_counter.client, invitation, device).status_code == 200

    assert holder_of(session, parcel) == at_counter.road.safe
    kept, event = the_signature(session), newest_event(session, parcel)
    assert (kept.signed_by, kept.device_id) == (SignedBy.PHONE, device.id)
    assert kept.mark in event.commitments
    assert event.actor == f"staff:{at_counter.counter.id}+courier:{at_counter.road.world.courier.id}"


def test_the_page_learns_by_itself_that_the_phone_has_signed(at_counter: Place, session: UnitOfWork) -> None:
    device = phone_of(session, at_counter)
    invitation = invited(at_counter, session, [collected(session, at_counter.road)])
    state = f"/buu-cuc/ky/{invitation.id}/trang-thai"
    assert '"state":"running"' in at_counter.client.get(state).text
    answer_online(at_counter.client, invitation, device)
    assert '"state":"done"' in at_counter.client.get(state).text
    assert "Hai bên đã ký" in at_counter.client.get(f"/buu-cuc/ky/{invitation.id}").text


def test_a_phone_without_a_network_answers_by_what_it_shows(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    device = phone_of(session, at_counter)
    invitation = invited(at_counter, session, [parcel])
    shown = f"TNTL1 {invitation.id} {device.id} {signature(invitation, device)}"

    answer = at_counter.client.post(f"/buu-cuc/ky/{invitation.id}/tra-loi", data={"answer": shown})

    assert answer.status_code == 303
    assert holder_of(session, parcel) == at_counter.road.safe


@pytest.mark.parametrize("shown", ["", "TNTL1", "TNTL1 a b c", "TNTL1 0 00000000-0000-0000-0000-000000000000 AAAA"])
def test_what_is_no_answer_is_told_at_its_field(at_counter: Place, session: UnitOfWork, shown: str) -> None:
    parcel = collected(session, at_counter.road)
    invitation = invited(at_counter, session, [parcel])
    answer = at_counter.client.post(f"/buu-cuc/ky/{invitation.id}/tra-loi", data={"answer": shown})
    assert (answer.status_code, 'id="answer-error"' in answer.text) == (422, True)
    assert holder_of(session, parcel) == at_counter.road.courier


def test_a_signature_of_something_else_is_refused(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    device = phone_of(session, at_counter)
    invitation = invited(at_counter, session, [parcel])
    wrong = signed(key_of_phone(device.id), countersign_text({**invitation.said, "n": 2}, device.id))
    assert answer_online(at_counter.client, invitation, device, signature=wrong).status_code == 403
    assert holder_of(session, parcel) == at_counter.road.courier


def test_a_phone_that_was_signed_out_by_the_office_signs_nothing(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    device = phone_of(session, at_counter, revoked_at=at(TODAY, time(7)))
    invitation = invited(at_counter, session, [parcel])
    shown = f"TNTL1 {invitation.id} {device.id} {signature(invitation, device)}"
    answer = at_counter.client.post(f"/buu-cuc/ky/{invitation.id}/tra-loi", data={"answer": shown})
    assert (answer.status_code, holder_of(session, parcel)) == (422, at_counter.road.courier)


def test_another_courier_s_phone_does_not_sign_for_the_one_who_is_named(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    colleague = make_courier(session, office=at_counter.road.world.office)
    device = make_device(session, colleague, upload_hash=token_hash(UPLOAD))
    invitation = invited(at_counter, session, [parcel])
    assert answer_online(at_counter.client, invitation, device).status_code == 403
    assert holder_of(session, parcel) == at_counter.road.courier


def test_a_phone_that_answers_twice_has_signed_once(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    device = phone_of(session, at_counter)
    invitation = invited(at_counter, session, [parcel])
    assert [answer_online(at_counter.client, invitation, device).status_code for _ in range(2)] == [200, 200]
    assert session.get_one(Parcel, parcel.id).event_no == 2


def test_after_ten_minutes_nobody_signs_any_more(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    device = phone_of(session, at_counter)
    invitation = invited(at_counter, session, [parcel])
    invitation.expires_at -= timedelta(minutes=11)
    session.flush()
    assert answer_online(at_counter.client, invitation, device).status_code == 410
    assert "Mã đã hết hạn" in at_counter.client.get(f"/buu-cuc/ky/{invitation.id}").text


def test_what_has_moved_since_is_not_signed(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    device = phone_of(session, at_counter)
    invitation = invited(at_counter, session, [parcel])
    at_counter.hand_over("/buu-cuc", [parcel], at_counter.courier, operation="op-khac")
    assert answer_online(at_counter.client, invitation, device).status_code == 409


def test_nobody_is_asked_to_sign_what_cannot_be_done(at_counter: Place, session: UnitOfWork) -> None:
    parcel = in_the_safe(session, at_counter)[0]
    chosen = f"courier:{at_counter.road.world.courier.id}"
    answer = at_counter.hand_over("/buu-cuc", [parcel], at_counter.courier, sign="own", party=chosen)
    assert (answer.status_code, 'id="codes-error"' in answer.text) == (422, True)
    assert session.scalars(select(SigningInvitation)).all() == []


def test_without_a_chosen_side_nobody_is_asked(at_counter: Place, session: UnitOfWork) -> None:
    answer = at_counter.hand_over("/buu-cuc", [collected(session, at_counter.road)], at_counter.courier, sign="own")
    assert (answer.status_code, 'id="party-error"' in answer.text) == (422, True)


def test_the_courier_s_phone_watches_an_opening(at_desk: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    device = phone_of(session, at_desk)
    assert count(at_desk, parcel, sign="own").status_code == 303
    invitation = session.scalars(select(SigningInvitation)).one()
    assert invitation.said["counts"] == [["1", 1], ["3", 2]]

    assert answer_online(at_desk.client, invitation, device).status_code == 200

    assert the_signature(session).mark in newest_event(session, parcel).commitments


@pytest.mark.parametrize(("found", "leads"), [("0", True), ("2", False)])
def test_a_count_that_was_short_leads_to_the_visit_for_what_is_missing(
    at_desk: Place,
    session: UnitOfWork,
    found: str,
    leads: bool,
) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    device = phone_of(session, at_desk)
    count(at_desk, parcel, sign="own", paper_3=found, recounted="1")
    invitation = session.scalars(select(SigningInvitation)).one()
    answer_online(at_desk.client, invitation, device)

    page = at_desk.client.get(f"/mot-cua/ky/{invitation.id}").text

    assert (f"/mot-cua/giay-con-thieu/{at_desk.road.dossier.id}" in page) is leads


def test_a_phone_of_another_office_watches_no_opening(at_desk: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    stranger = make_device(session, make_world(session).courier, upload_hash=token_hash(UPLOAD))
    count(at_desk, parcel, sign="own")
    invitation = session.scalars(select(SigningInvitation)).one()
    assert answer_online(at_desk.client, invitation, stranger).status_code == 422
    assert newest_event(session, parcel).event_no == 3


def test_a_clerk_signs_for_the_desk_in_a_session_of_its_own(
    at_counter: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    parcel = in_the_safe(session, at_counter)[0]
    desk = f"desk:{at_counter.road.world.desk.id}"
    invitation = invited(at_counter, session, [parcel], direction="out", party=desk)
    sign_in(at_counter.clerk)
    page = at_counter.client.get("/mot-cua/ky/").text
    assert f"/mot-cua/ky/{invitation.id}" in page

    assert at_counter.client.post(f"/mot-cua/ky/{invitation.id}/dong-y").status_code == 303

    assert holder_of(session, parcel) == at_counter.road.desk
    assert the_signature(session).signed_by is SignedBy.SESSION


def test_who_asked_does_not_sign_for_the_other_side(at_counter: Place, session: UnitOfWork) -> None:
    parcel = in_the_safe(session, at_counter)[0]
    given = {"destination": f"desk:{at_counter.road.world.desk.id}", "codes": parcel.code, "seal_number": "TUI0009"}
    at_counter.client.post("/buu-cuc/tui/moi", data={**given, "operation": "op-tui", "sign": "own"})
    invitation = session.scalars(select(SigningInvitation)).one()
    assert at_counter.client.post(f"/buu-cuc/ky/{invitation.id}/dong-y").status_code == 422
    assert holder_of(session, parcel) == at_counter.road.safe


def test_an_invitation_of_other_places_is_not_found(at_counter: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    invitation = invited(at_counter, session, [collected(session, at_counter.road)])
    sign_in(make_world(session).counter)
    assert at_counter.client.get(f"/buu-cuc/ky/{invitation.id}").status_code == 404
    assert at_counter.client.post(f"/buu-cuc/ky/{invitation.id}/dong-y").status_code == 404


def test_a_password_typed_on_this_keyboard_is_marked_and_counted(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    at_counter.hand_over("/buu-cuc", [parcel], at_counter.courier)
    kept = the_signature(session)
    assert (kept.signed_by, kept.mark in newest_event(session, parcel).commitments) == (SignedBy.PASSWORD, True)
    assert verify(session, KEYS).second_hands == {"password": 1}
    assert "Bằng mật khẩu, trên máy này" in at_counter.client.get("/buu-cuc/ky/").text


def test_a_second_signature_holds_in_the_chain(at_counter: Place, session: UnitOfWork) -> None:
    device = phone_of(session, at_counter)
    invitation = invited(at_counter, session, [collected(session, at_counter.road)])
    answer_online(at_counter.client, invitation, device)
    report = verify(session, KEYS)
    assert (report.broken, report.second_hands) == ([], {"phone": 1})
