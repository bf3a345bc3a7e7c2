"""The bundle holds today's doors and nothing else, in a constant number of statements."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from app.clock import start_of_day
from app.domain.acts import WhomCalled
from app.domain.custody import Holder, Party
from app.domain.errand import ErrandKind, ProofKind
from app.domain.greeting import greeting
from app.domain.parcel import ParcelPurpose
from app.domain.tongue import Tongue
from app.models import Attempt, Courier, Desk, Errand, Interpreter, NamedReceiver, PhoneCall, Plan, Route, Seal, Stop
from app.queries.visits.bundle import bundle
from app.schemas.bundle import Installation, bundle_json
from app.services.custody import sealing
from app.services.messaging import handover_codes
from app.services.staff import number_blocks
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, KEYS, make_courier, make_office, make_paper, make_procedure, make_world
from tests.factories.cash import make_receipt
from tests.factories.phone import make_device, make_phone_day
from tests.factories.world import World

MORNING = start_of_day(DAY) + timedelta(hours=6, minutes=50)


def told(session: Session, courier: Courier) -> dict[str, Any]:
    device = make_device(session, courier)
    rows = bundle(session, courier.id, DAY, MORNING)
    house = Installation(MORNING, KEYS.pepper, "a key of tests", 5_000_000)
    return bundle_json(rows, number_blocks.reserve(session, device.id, MORNING), house)


def shape(value: Any, path: str = "") -> set[str]:
    """Every field of a JSON value by its path; keys that are data are written `*`."""
    if isinstance(value, Mapping):
        keyed = path in {".procedures", ".evidence"}
        return {one for key, inner in value.items() for one in shape(inner, f"{path}.{'*' if keyed else key}")} or {
            path
        }
    if isinstance(value, list):
        return {one for inner in value for one in shape(inner, f"{path}[]")} or {f"{path}[]"}
    return {path}


FIELDS = """
made_at day courier.id courier.name courier.office.id courier.office.name courier.office.lon courier.office.lat
courier.office.phone courier.office.duty_phone
route.id route.number route.starts_at route.ends_at route.break_at route.break_s route.distance_m
route.started route.started_at route.revision route.stood_in route.others[].id route.others[].name
stops[].id stops[].sequence stops[].locked stops[].back stops[].back.trip stops[].back.at stops[].back.leaves
stops[].place.id stops[].place.address stops[].place.landmark stops[].place.former_name stops[].place.unit
stops[].place.unit_code slots
stops[].place.lon stops[].place.lat stops[].place.pin_confirmed stops[].place.memory stops[].window.starts_at
stops[].window.ends_at stops[].arrives_at stops[].starts_at stops[].leaves_at stops[].distance_m stops[].errands[].id
stops[].errands[].kind stops[].errands[].state stops[].errands[].revision stops[].errands[].reference
stops[].errands[].name stops[].errands[].phone stops[].errands[].helper_name stops[].errands[].helper_phone
stops[].errands[].organisation stops[].errands[].language stops[].errands[].word stops[].errands[].proof stops[].errands[].check
stops[].errands[].consent stops[].errands[].tongue stops[].errands[].tongue.name stops[].errands[].tongue.mine
stops[].errands[].interpreter stops[].errands[].interpreter.name stops[].errands[].interpreter.phone
stops[].errands[].receiver stops[].errands[].receiver.name stops[].errands[].receiver.relation
stops[].errands[].check.salt stops[].errands[].check.digits stops[].errands[].attempts stops[].errands[].today
stops[].errands[].again stops[].errands[].calls[] stops[].errands[].calls[].op_id stops[].errands[].calls[].at
stops[].errands[].only_lines stops[].errands[].quote[] stops[].errands[].quote[].kind stops[].errands[].quote[].amount
stops[].errands[].quote[].upper stops[].errands[].papers_due[] stops[].errands[].papers_due[].dossier_id
stops[].errands[].papers_due[].lines[] stops[].errands[].dossiers[].id stops[].errands[].dossiers[].procedure
stops[].errands[].dossiers[].cases[] stops[].errands[].dossiers[].result_title stops[].errands[].parcels[]
stops[].errands[].parcels[].code stops[].errands[].parcels[].purpose stops[].errands[].parcels[].seal
stops[].errands[].parcels[].holder bag[].code bag[].purpose bag[].errand_id bag[].reference waiting[].code
waiting[].errand_id desks[].id desks[].name procedures.*.code procedures.*.version procedures.*.name
procedures.*.cases[] procedures.*.cases[].key procedures.*.cases[].question procedures.*.cases[].options[].key
procedures.*.cases[].options[].label procedures.*.cases[].many procedures.*.papers[].line procedures.*.papers[].name
procedures.*.papers[].originals procedures.*.papers[].copies procedures.*.papers[].mode procedures.*.papers[].need
procedures.*.papers[].case_keys[] procedures.*.papers[].certified_by_post procedures.*.papers[].in_database
procedures.*.carries_copy outcomes[].code outcomes[].label outcomes[].evidence[] outcomes[].counts outcomes[].for[]
evidence.* receipts.prefix receipts.next receipts.last receipts.more[] labels.next labels.last labels.more[]
cash.receipts[] cash.receipts[].op_id cash.receipts[].number cash.receipts[].official cash.receipts[].paid_at cash.receipts[].postage
cash.receipts[].state_fee cash.handed_in.postage cash.handed_in.state_fee cash.in_hand.postage cash.in_hand.state_fee
cash.earlier.postage cash.earlier.state_fee cash.counted cash.ceiling
map.areas.type map.areas.features[].type map.areas.features[].properties.office map.areas.features[].properties.own
map.areas.features[].geometry.type map.areas.features[].geometry.coordinates[][][] server_key
"""
CONTRACT = {f".{field}" for field in FIELDS.split()}


def day_of_all_kinds(session: UnitOfWork) -> World:
    """A code for the delivery, its result in the bag, another result in the safe, a colleague."""
    world = make_phone_day(session, 6)
    make_courier(session, office=world.office)
    deliveries = [errand for errand in errands(session, world) if errand.kind is ErrandKind.DELIVER]
    for errand, holder in zip(deliveries, (Holder.COURIER, Holder.OFFICE_SAFE), strict=True):
        holder_id = world.courier.id if holder is Holder.COURIER else world.office.id
        at_hand = Party(holder, str(holder_id))
        parcel = sealing.make_parcel(session, errand.dossiers[0], ParcelPurpose.RESULT, None, at_hand, MORNING)
        parcel.errand_id = errand.id
        session.flush()
        session.add(Seal(number=f"NPTHU{parcel.code[2:11]}", parcel_id=parcel.id, applied_at=MORNING))
    deliveries[0].request.tongue = Tongue.JRAI
    session.add(Interpreter(code="PD-1", name="Phiên Dịch Thử", phone="0900000171", tongues=["jra"], units=[]))
    named = {"name": "Siu Thử Nhận", "relation": "family", "id_last4": "0042", "named_by": "x", "named_at": MORNING}
    session.add(NamedReceiver(request_id=deliveries[0].request_id, **named))
    call = {"errand_id": deliveries[0].id, "courier_id": world.courier.id, "whom": WhomCalled.APPLICANT}
    session.add(PhoneCall(**call, operation_id="op-1", occurred_at=MORNING, received_at=MORNING))
    handover_codes.issue_all(session, deliveries, ProofKind.CODE, MORNING, KEYS)
    make_receipt(session, make_device(session, world.courier), MORNING, official_number="AA/26P 0000123")
    (route,) = session.scalars(select(Route).where(Route.courier_id == world.courier.id))
    route.stops[-1].trip, route.reloads = 2, [{"at": 36_300, "leaves": 37_200}]
    session.flush()
    return world


def errands(session: Session, world: World) -> list[Errand]:
    stops = session.scalars(
        select(Stop).join(Route).where(Route.courier_id == world.courier.id).order_by(Stop.sequence)
    )
    return [errand for stop in stops for errand in stop.errands]


def test_the_phone_knows_who_may_receive_and_no_digit_of_the_paper(session: UnitOfWork) -> None:
    world = day_of_all_kinds(session)
    bundled = told(session, world.courier)
    named = [one["receiver"] for stop in bundled["stops"] for one in stop["errands"] if one["receiver"]]
    assert named == [{"name": "Siu Thử Nhận", "relation": "family"}]
    assert "0042" not in re.findall(r"\d+", json.dumps(bundled))


def test_no_field_outside_the_contract_appears(session: UnitOfWork) -> None:
    world = day_of_all_kinds(session)
    assert shape(told(session, world.courier)) <= CONTRACT


def test_every_field_of_the_contract_is_there(session: UnitOfWork) -> None:
    world = day_of_all_kinds(session)
    missing = CONTRACT - shape(told(session, world.courier))
    assert missing <= {field for field in CONTRACT if field.endswith(("[]", ".check"))}


def test_the_phone_knows_when_its_courier_is_back_for_the_second_bag(session: UnitOfWork) -> None:
    world = day_of_all_kinds(session)
    *others, last = told(session, world.courier)["stops"]
    assert last["back"] == {"trip": 2, "at": "2026-12-01T03:05:00Z", "leaves": "2026-12-01T03:20:00Z"}
    assert {stop["back"] for stop in others} == {None}


def test_the_telephones_of_the_courier_s_own_office_are_there(session: UnitOfWork) -> None:
    world = day_of_all_kinds(session)
    world.office.phone, world.office.duty_phone = "02690000000", "0900000111"
    office = told(session, world.courier)["courier"]["office"]
    assert (office["phone"], office["duty_phone"]) == ("02690000000", "0900000111")


def test_only_people_of_todays_stops_are_named(session: Session) -> None:
    world = make_phone_day(session)
    others = make_phone_day(session)
    text = json.dumps(told(session, world.courier), ensure_ascii=False)
    for errand in errands(session, world):
        assert f'"{errand.request.applicant.name}"' in text
    for errand in errands(session, others):
        applicant = errand.request.applicant
        assert f'"{applicant.name}"' not in text
        assert str(applicant.phone) not in text
        assert errand.request.reference not in text


def test_no_hand_over_code_is_inside(session: UnitOfWork) -> None:
    world = day_of_all_kinds(session)
    said = told(session, world.courier)
    checks = [one["check"] for stop in said["stops"] for one in stop["errands"] if one["check"]]
    assert len(checks) == 2
    for check in checks:
        assert set(check) == {"salt", "digits"}
        assert len(check["digits"]) == 2
    deliveries = [errand for errand in errands(session, world) if errand.kind is ErrandKind.DELIVER]
    codes = [handover_codes.issue(session, errand, ProofKind.CODE, MORNING, KEYS) for errand in deliveries]
    text = json.dumps(said)
    assert not [code for code in codes if f'"{code}"' in text]


def test_a_delivery_says_which_originals_are_due(session: Session) -> None:
    world = make_phone_day(session)
    deliver = told(session, world.courier)["stops"][2]["errands"][0]
    assert deliver["kind"] == "deliver"
    assert deliver["papers_due"] == [{"dossier_id": deliver["dossiers"][0]["id"], "lines": [1]}]


def test_bag_and_safe_are_told_apart(session: UnitOfWork) -> None:
    world = day_of_all_kinds(session)
    said = told(session, world.courier)
    first, second = said["stops"][2]["errands"][0], said["stops"][5]["errands"][0]
    assert [(one["errand_id"], one["reference"]) for one in said["bag"]] == [(first["id"], first["reference"])]
    assert [one["errand_id"] for one in said["waiting"]] == [second["id"]]
    assert [one["holder"] for one in second["parcels"]] == ["office_safe"]


def test_the_word_is_the_citizens(session: Session) -> None:
    world = make_phone_day(session)
    said = {one["id"]: one["word"] for stop in told(session, world.courier)["stops"] for one in stop["errands"]}
    assert said == {str(one.id): greeting(KEYS.pepper, one.id, one.slot_id) for one in errands(session, world)}


def test_a_courier_without_a_route_has_a_bag_all_the_same(session: Session) -> None:
    courier = make_courier(session, office=make_office(session))
    said = told(session, courier)
    assert said["route"] is None
    assert said["stops"] == []
    assert said["receipts"]["last"] - said["receipts"]["next"] == 49


@pytest.mark.parametrize(("by", "says"), [("timer:stand-in:2026-12-01", True), ("timer:final:2026-12-01", False)])
def test_a_courier_is_told_that_the_route_is_the_evenings_draft(session: Session, by: str, says: object) -> None:
    world = make_phone_day(session)
    session.execute(update(Plan).values(published_by=by))
    session.expire_all()
    assert told(session, world.courier)["route"]["stood_in"] is says


def test_only_desks_at_hand_are_offered(session: Session) -> None:
    world = make_phone_day(session)
    make_phone_day(session)
    offered = {one["id"] for one in told(session, world.courier)["desks"]}
    assert world.desk.id in offered
    provincial = set(session.scalars(select(Desk.id).where(Desk.level == "province")))
    assert offered <= {world.desk.id} | provincial


def test_eighty_stops_stay_small_and_cost_no_more_statements_than_three(session: Session) -> None:
    few, many = make_phone_day(session, 3), make_phone_day(session, 80)
    counts = []
    for world in (few, many):
        session.expire_all()
        world.courier.id  # noqa: B018 - loaded before counting
        counts.append(_statements(session, world.courier))
    (statements, _), (same, said) = counts
    assert statements == same <= 36
    assert len(gzip.compress(json.dumps(said, ensure_ascii=False).encode())) < 200_000
    assert len(json.dumps(said["map"])) < 60_000


def _statements(session: Session, courier: Courier) -> tuple[int, dict[str, Any]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        said = told(session, courier)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return len(seen), said


def test_a_window_suits_every_errand_at_the_door(session: Session) -> None:
    (stop,) = told(session, make_phone_day(session, 1).courier)["stops"]
    assert stop["window"] == {"starts_at": "2026-12-01T00:00:00Z", "ends_at": "2026-12-01T04:30:00Z"}


def test_a_procedure_that_wants_a_copy_of_the_slip_says_so(session: Session) -> None:
    copy = "Bản sao phiếu gửi hồ sơ bưu chính công ích có chữ ký của nhân viên bưu chính và chủ hộ kinh doanh"
    wanting = replace(make_world(session), procedure=make_procedure(session, papers=[make_paper(1, name=copy)]))
    world = make_phone_day(session, 1, wanting)
    assert [one["carries_copy"] for one in told(session, world.courier)["procedures"].values()] == [True]
    plain = make_phone_day(session, 1)
    assert [one["carries_copy"] for one in told(session, plain.courier)["procedures"].values()] == [False]


def test_what_happened_at_this_door_before_is_remembered(session: Session) -> None:
    world = make_phone_day(session, 1)
    (errand,) = errands(session, world)
    session.add(
        Attempt(
            errand_id=errand.id, number=1, outcome="ABSENT", outcome_version=1, evidence={}, operation_id=str(uuid4()),
            occurred_at=MORNING - timedelta(days=1), received_at=MORNING,
        )
    )  # fmt: skip
    session.flush()
    (stop,) = told(session, world.courier)["stops"]
    assert stop["place"]["memory"] == "Lần trước 06:50 30/11/2026: Vắng nhà"
    assert stop["errands"][0]["attempts"] == 1
