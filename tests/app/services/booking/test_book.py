import re
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.commands import ApplicantGiven, DossierGiven
from app.domain.errand import ErrandKind, ErrandState, ProofKind, RequestKind
from app.domain.errors import DomainError, DomainErrors, refusals
from app.domain.identity import ApplicantKind, Channel, Role, parse_phone
from app.domain.tariff import ChargeKind, Direction, Discount
from app.domain.wording import tidy
from app.models import AuditEvent, Charge, Entitlement, Errand, HandoverCode, Message, Procedure, ServiceRequest
from app.queries.tracking import requests
from app.services.booking.book import book
from app.texts import explain
from app.texts.consent import CONSENT_VERSION
from app.unit_of_work import UnitOfWork
from tests.factories import (
    KEYS,
    NOW,
    World,
    make_desk,
    make_partner,
    make_procedure,
    make_shape,
    make_slot,
    make_staff,
    make_unit,
    make_world,
    wish,
    wish_for_result,
)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def errands(session: Session, request: ServiceRequest) -> dict[ErrandKind, Errand]:
    return {errand.kind: errand for errand in requests.errands_of(session, request)}


def charges(session: Session, request: ServiceRequest) -> list[tuple[ChargeKind, Direction | None, int | None]]:
    rows = session.scalars(select(Charge).where(Charge.request_id == request.id).order_by(Charge.id))
    return [(row.kind, row.direction, row.amount) for row in rows]


def refusal(session: UnitOfWork, command: object) -> DomainError:
    with pytest.raises(DomainError) as refused:
        book(session, command, KEYS)  # type: ignore[arg-type]  # the tests build it with `wish`
    assert explain(refused.value)
    return refused.value


def test_a_collection_stands_in_its_slot_and_the_delivery_waits_for_its_result(
    session: UnitOfWork, world: World
) -> None:
    found = errands(session, book(session, wish(world), KEYS))
    assert (found[ErrandKind.COLLECT].state, found[ErrandKind.COLLECT].slot) == (ErrandState.SCHEDULED, world.slot)
    assert (found[ErrandKind.DELIVER].state, found[ErrandKind.DELIVER].slot) == (ErrandState.REQUESTED, None)


def test_who_only_sends_gets_one_errand(session: UnitOfWork, world: World) -> None:
    request = book(session, wish(world, kind=RequestKind.SEND), KEYS)
    assert set(errands(session, request)) == {ErrandKind.COLLECT}


def test_who_only_receives_needs_no_slot_yet(session: UnitOfWork, world: World) -> None:
    request = book(session, wish_for_result(world), KEYS)
    assert errands(session, request)[ErrandKind.DELIVER].state is ErrandState.REQUESTED
    (dossier,) = request.dossiers
    assert (dossier.code, session.get_one(Entitlement, dossier.id).asked_code) == (None, "H21.65-260914-0011")


def test_several_dossiers_travel_with_one_visit(session: UnitOfWork, world: World) -> None:
    other = make_procedure(session)
    dossiers = (DossierGiven(world.procedure.code, ("proxy",)), DossierGiven(other.code))
    request = book(session, wish(world, dossiers=dossiers), KEYS)
    assert [dossier.procedure for dossier in request.dossiers] == [world.procedure, other]
    assert request.dossiers[0].cases == ["proxy"]
    assert [d.position for d in errands(session, request)[ErrandKind.COLLECT].dossiers] == [1, 2]


def test_an_organisation_may_ask(session: UnitOfWork, world: World) -> None:
    asked = ApplicantGiven(ApplicantKind.ORGANISATION, tidy("Hợp tác xã Thử"), parse_phone("0900 000 777"))
    request = book(session, wish(world, applicant=asked), KEYS)
    assert (request.applicant.kind, request.applicant.phone) == (ApplicantKind.ORGANISATION, "0900000777")


def test_the_consent_is_kept_word_for_word_with_its_version(session: UnitOfWork, world: World) -> None:
    request = book(session, wish(world), KEYS)
    assert (request.consent_version, request.consent_at) == (CONSENT_VERSION, NOW)
    assert "Tôi đồng ý" in request.consent_text


def test_the_charges_are_parts_and_never_one_number(session: UnitOfWork, world: World) -> None:
    procedure = make_procedure(session, state_fee=8_000)
    assert charges(session, book(session, wish(world, procedure=procedure), KEYS)) == [
        (ChargeKind.POSTAGE, Direction.SEND, 26_000),
        (ChargeKind.POSTAGE, Direction.RETURN, 26_000),
        (ChargeKind.STATE_FEE, None, 8_000),
        (ChargeKind.REMITTANCE, None, 8_000),
    ]


def test_an_unknown_state_fee_stays_unknown(session: UnitOfWork, world: World) -> None:
    procedure = make_procedure(session, state_fee=None)
    request = book(session, wish(world, procedure=procedure, kind=RequestKind.SEND), KEYS)
    assert charges(session, request)[1:] == [(ChargeKind.STATE_FEE, None, None)]


def test_the_discount_is_for_the_postage_alone(session: UnitOfWork, world: World) -> None:
    procedure = make_procedure(session, state_fee=8_000)
    request = book(session, wish(world, procedure=procedure, discount=Discount.FREE, kind=RequestKind.SEND), KEYS)
    assert [amount for _, _, amount in charges(session, request)] == [0, 8_000, 8_000]


def test_the_tracking_link_has_65_bits_in_eleven_letters_and_runs_on_until_the_end(
    session: UnitOfWork, world: World
) -> None:
    one, two = (book(session, wish(world), KEYS) for _ in range(2))
    assert re.fullmatch(r"[0-9A-Za-z]{11}", one.tracking_token)
    assert one.tracking_token != two.tracking_token
    assert one.tracking_until is None


def test_the_citizen_is_told_once(session: UnitOfWork, world: World) -> None:
    request = book(session, wish(world, phone="0900000555"), KEYS)
    message = session.scalars(select(Message).where(Message.request_id == request.id)).one()
    assert (message.template, message.recipient, message.state) == ("booked", "0900000555", "queued")
    assert request.reference in message.body
    assert request.tracking_token not in message.body


def test_a_door_without_a_pin_stands_at_the_communes_point_and_says_so(session: UnitOfWork, world: World) -> None:
    place = book(session, wish(world), KEYS).place
    assert (place.lon, place.lat, place.pin_source) == (world.unit.lon, world.unit.lat, "unit")


def test_a_confirmed_pin_says_who_confirmed_it(session: UnitOfWork, world: World) -> None:
    pin = {"lon": world.unit.lon + 0.02, "lat": world.unit.lat, "pin_confirmed": True}
    place = book(session, wish(world, place=pin), KEYS).place
    assert (place.pin_source, place.confirmed_by, place.confirmed_at) == ("citizen", "citizen:web", NOW)


def test_a_provincial_procedure_goes_to_the_centre(session: UnitOfWork, world: World) -> None:
    centre = make_desk(session, level="province")
    provincial = make_procedure(session, level="province")
    assert book(session, wish(world, procedure=provincial), KEYS).dossiers[0].desk is centre


def test_where_boundaries_do_not_matter_the_own_desk_receives_and_the_centre_decides(
    session: UnitOfWork, world: World
) -> None:
    centre = make_desk(session, level="province")
    procedure = make_procedure(session, level="province", boundary_free=True)
    dossier = book(session, wish(world, procedure=procedure), KEYS).dossiers[0]
    assert (dossier.desk, dossier.competent_desk) == (world.desk, centre)


# -- refusals


def test_without_consent_nobody_comes(session: UnitOfWork, world: World) -> None:
    assert refusal(session, wish(world, consent=False)).code == "consent_missing"


def test_what_the_post_may_not_carry_is_refused_with_the_way_to_go(session: UnitOfWork, world: World) -> None:
    procedure = make_procedure(session, post_allowed=False, refusal="Xin nộp trực tuyến hoặc đến công an xã.")
    error = refusal(session, wish(world, procedure=procedure))
    assert (error.code, error.field) == ("procedure_not_carried", "dossiers.0.procedure_code")
    assert explain(error).endswith("Xin nộp trực tuyến hoặc đến công an xã.")


def test_where_the_data_name_no_way_the_desk_is_named(session: UnitOfWork, world: World) -> None:
    error = refusal(session, wish(world, procedure=make_procedure(session, post_allowed=False)))
    assert world.desk.name in explain(error)


def test_what_needs_the_person_is_refused(session: UnitOfWork, world: World) -> None:
    procedure = make_procedure(session, presence="yes", refusal="Xin mời hai bên nam, nữ cùng đến.")
    error = refusal(session, wish(world, procedure=procedure))
    assert error.code == "person_needed"
    assert "hai bên nam, nữ" in explain(error)


def test_a_procedure_not_yet_in_service_is_refused(session: UnitOfWork, world: World) -> None:
    procedure = make_procedure(session, in_service_from=None)
    assert refusal(session, wish(world, procedure=procedure)).code == "procedure_not_in_service"


def test_a_procedure_may_be_booked_for_the_day_it_opens(session: UnitOfWork, world: World) -> None:
    opens = make_procedure(session, in_service_from=world.slot.day)
    assert book(session, wish(world, procedure=opens), KEYS).dossiers[0].procedure is opens


def test_a_commune_not_in_service_says_where_to_go_instead(session: UnitOfWork) -> None:
    world = make_world(session, in_service_from=None)
    error = refusal(session, wish(world))
    assert (error.code, error.field) == ("unit_not_in_service", "place.unit_code")
    assert world.desk.name in explain(error)


def test_a_commune_that_opens_later_names_the_day(session: UnitOfWork, world: World) -> None:
    world.unit.in_service_from = world.slot.day.replace(day=15)
    error = refusal(session, wish(world))
    assert error.code == "unit_opens_later"
    assert "15/12/2026" in explain(error)


def unread(field: str) -> tuple[DomainError, ...]:
    """What a reader says of a number that is none."""
    return tuple(refusals(lambda: parse_phone("12", field)))


def test_a_telephone_that_could_not_be_read_is_not_said_to_be_missing(session: UnitOfWork, world: World) -> None:
    person = ApplicantGiven(ApplicantKind.PERSON, tidy("Nguyễn Văn Thử"), None, unread("applicant.phone"))
    helped = {"channel": Channel.HELPER, "helper_name": tidy("Trưởng thôn Thử"), "faults": unread("helper_phone")}
    assert refusal(session, wish(world, applicant=person)).code == "phone_malformed"
    assert refusal(session, wish(world, phone=None, **helped)).field == "helper_phone"


def test_all_faults_are_named_at_once_each_at_its_field(session: UnitOfWork, world: World) -> None:
    person = ApplicantGiven(ApplicantKind.PERSON, tidy(" "), None, unread("applicant.phone"))
    given = {"address": tidy(" "), "lon": 105.8, "lat": 21.0}
    dossiers = (DossierGiven("0.000000"), DossierGiven(world.procedure.code, ("nonsense",)))
    command = wish(world, applicant=person, place=given, dossiers=dossiers, consent=False, slot_id=None)
    error = refusal(session, command)
    assert isinstance(error, DomainErrors)
    assert [fault.field for fault in error.errors] == [
        "consent", "applicant.name", "applicant.phone", "slot_id", "place.address",
        "dossiers.0.procedure_code", "dossiers.1.cases",
    ]  # fmt: skip
    assert all(explain(fault) for fault in error.errors)


def test_a_pin_in_another_province_is_refused(session: UnitOfWork, world: World) -> None:
    assert refusal(session, wish(world, place={"lon": 105.8, "lat": 21.0})).code == "pin_too_far"


def test_a_pin_in_another_unit_asks_and_says_which(session: UnitOfWork, world: World) -> None:
    other = make_unit(session, lon=world.unit.lon + 0.04, lat=world.unit.lat)
    make_shape(session, world.unit)
    make_shape(session, other)
    pin = {"lon": other.lon, "lat": other.lat}
    fault = refusal(session, wish(world, place=pin))
    assert (fault.code, fault.field, fault.kind) == ("pin_in_other_unit", "place.lon", "invalid")
    assert other.name in explain(fault)
    assert book(session, wish(world, place=pin | {"pin_confirmed": True}), KEYS).place.lon == other.lon


def test_a_pin_in_no_unit_says_how_far_outside_it_is(session: UnitOfWork, world: World) -> None:
    make_shape(session, world.unit)
    fault = refusal(session, wish(world, place={"lon": world.unit.lon + 0.03, "lat": world.unit.lat}))
    assert fault.code == "pin_outside_unit"
    assert "1112" in explain(fault)


def test_an_unknown_commune_is_refused_with_what_else_is_wrong(session: UnitOfWork, world: World) -> None:
    error = refusal(session, wish(world, place={"unit_code": "00000"}, consent=False))
    assert isinstance(error, DomainErrors)
    assert [fault.code for fault in error.errors] == ["consent_missing", "unit_unknown"]


def test_a_request_without_a_dossier_is_refused(session: UnitOfWork, world: World) -> None:
    assert refusal(session, wish(world, dossiers=())).code == "dossier_missing"


def test_a_slot_of_another_commune_is_refused(session: UnitOfWork, world: World) -> None:
    elsewhere = make_slot(session, make_unit(session))
    assert refusal(session, wish(world, slot_id=elsewhere.id)).code == "slot_of_other_unit"


def test_who_only_receives_may_not_choose_a_slot_yet(session: UnitOfWork, world: World) -> None:
    assert refusal(session, wish_for_result(world, slot_id=world.slot.id)).code == "slot_not_yet"


@pytest.mark.parametrize(("code", "said"), [("", "dossier_code_missing"), ("H21", "dossier_code_malformed")])
def test_a_result_is_known_by_its_dossier_code(session: UnitOfWork, world: World, code: str, said: str) -> None:
    error = refusal(session, wish_for_result(world, code))
    assert (error.code, error.field) == (said, "dossiers.0.code")


def test_one_code_is_not_given_twice_in_one_request(session: UnitOfWork, world: World) -> None:
    given = DossierGiven(world.procedure.code, code="H21.65-260914-0011")
    error = refusal(session, wish_for_result(world, dossiers=(given, given)))
    assert (error.code, error.field) == ("dossier_twice", "dossiers.1.code")


# -- channels and assisted booking


def test_a_named_helper_is_told_in_place_of_the_citizen(session: UnitOfWork, world: World) -> None:
    command = wish(world, phone=None, channel=Channel.HELPER, helper_name="Trưởng thôn Thử", helper_phone="0900000888")
    request = book(session, command, KEYS)
    message = session.scalars(select(Message).where(Message.request_id == request.id)).one()
    assert message.recipient == "0900000888"


def test_a_helper_needs_a_name_and_a_telephone(session: UnitOfWork, world: World) -> None:
    error = refusal(session, wish(world, phone=None, channel=Channel.HELPER))
    assert isinstance(error, DomainErrors)
    assert [fault.field for fault in error.errors] == ["helper_name", "helper_phone"]


def test_without_a_telephone_somebody_of_the_staff_books(session: UnitOfWork, world: World) -> None:
    command = wish(world, phone=None, channel=Channel.NONE, proof=ProofKind.ID_CHECK)
    assert refusal(session, command).code == "channel_needs_staff"


def test_a_code_by_text_needs_a_telephone(session: UnitOfWork, world: World) -> None:
    command = wish(world, phone=None, channel=Channel.NONE, staff_id=world.counter.id)
    assert refusal(session, command).code == "proof_needs_channel"


def test_a_slip_is_handed_out_by_staff(session: UnitOfWork, world: World) -> None:
    assert refusal(session, wish(world, proof=ProofKind.SLIP)).code == "slip_needs_staff"


def test_a_text_message_needs_a_telephone(session: UnitOfWork, world: World) -> None:
    assert refusal(session, wish(world, phone=None)).code == "phone_missing"


def test_the_village_head_books_for_somebody_without_a_telephone_and_prints_a_code(
    session: UnitOfWork, world: World
) -> None:
    head = make_staff(session, Role.COUNTER, office=world.office)
    command = wish(
        world, phone=None, channel=Channel.NONE, proof=ProofKind.SLIP, staff_id=head.id, by=f"staff:{head.id}"
    )
    request = book(session, command, KEYS)
    delivery = errands(session, request)[ErrandKind.DELIVER]
    assert request.booked_by == head.id
    assert session.get(HandoverCode, delivery.id) is not None
    message = session.scalars(select(Message).where(Message.request_id == request.id)).one()
    assert (message.state, message.recipient) == ("not_wanted", None)


# -- once


def test_the_same_external_ref_never_books_twice(session: UnitOfWork, world: World) -> None:
    partner = make_partner(session)
    command = wish(world, partner_id=partner.id, external_ref="DON-1", phone="0900000111")
    assert book(session, command, KEYS) is book(session, command, KEYS)
    assert session.scalars(select(Errand.slot_id).where(Errand.slot_id.is_not(None))).one() == world.slot.id


def test_a_form_sent_twice_books_once(session: UnitOfWork, world: World) -> None:
    command = wish(world, external_ref="token-of-the-form", hold="token-of-the-form")
    assert book(session, command, KEYS) is book(session, command, KEYS)


def test_an_external_ref_of_another_wish_is_refused(session: UnitOfWork, world: World) -> None:
    command = wish(world, partner_id=make_partner(session).id, external_ref="DON-1")
    book(session, command, KEYS)
    changed = replace(command, applicant=replace(command.applicant, phone=parse_phone("0900000999")))
    assert refusal(session, changed).code == "external_ref_taken"


def test_two_partners_may_use_the_same_reference(session: UnitOfWork, world: World) -> None:
    one, two = (wish(world, partner_id=make_partner(session, f"key {n}").id, external_ref="DON-1") for n in range(2))
    assert book(session, one, KEYS) is not book(session, two, KEYS)


def test_the_audit_says_who_booked_and_nothing_personal(session: UnitOfWork, world: World) -> None:
    request = book(session, wish(world, phone="0900000123"), KEYS)
    event = session.scalars(select(AuditEvent).where(AuditEvent.object_id == str(request.id))).one()
    assert (event.actor, event.action) == ("citizen:web", "book")
    assert event.detail == {
        "kind": "send_and_receive",
        "dossiers": 1,
        "unit": world.unit.code,
        "proof": "code",
        "before": 0,
    }


def test_a_refused_booking_leaves_no_trace(session: UnitOfWork, world: World) -> None:
    with pytest.raises(DomainError), session.begin_nested():
        book(session, wish(world, procedure=make_procedure(session, post_allowed=False)), KEYS)
    assert session.scalars(select(ServiceRequest)).all() == []
    assert session.scalars(select(Procedure).where(Procedure.post_allowed.is_(False))).all() == []
