from datetime import date
from typing import Any

import pytest
from marshmallow import ValidationError

from app.domain.commands import DossierGiven
from app.domain.errand import ProofKind, RequestKind
from app.domain.identity import ApplicantKind, Channel
from app.domain.tariff import Discount
from app.schemas.requests import BookingRequest, BookVisitSchema, QuoteVisitSchema
from tests.factories import NOW

BOOKING: dict[str, Any] = {
    "kind": "send",
    "applicant": {"name": "Nguyễn Văn Thử", "phone": "0900 000 001"},
    "place": {"unit_code": "23563", "address": "Làng Thử"},
    "dossiers": [{"procedure_code": "1.001193", "cases": ["giay_chung_sinh"]}],
    "slot_id": 7,
    "consent": True,
}


def load(**changed: Any) -> BookingRequest:
    found: BookingRequest = BookVisitSchema().load({**BOOKING, **changed})
    return found


def faults(**changed: Any) -> Any:
    with pytest.raises(ValidationError) as refusal:
        load(**changed)
    return refusal.value.messages


def test_json_becomes_the_parts_of_a_command() -> None:
    command = load().command(now=NOW, by="partner:1", partner_id=1)
    assert command.dossiers == (DossierGiven("1.001193", ("giay_chung_sinh",)),)
    assert (command.kind, command.applicant.kind) == (RequestKind.SEND, ApplicantKind.PERSON)
    assert (command.channel, command.proof, command.discount) == (Channel.SMS, ProofKind.CODE, Discount.NONE)
    assert (command.partner_id, command.by, command.now) == (1, "partner:1", NOW)


def test_an_unknown_key_is_refused_by_its_name() -> None:
    assert "adress" in faults(place={"unit_code": "1", "address": "a", "adress": "b"})["place"]


def test_every_fault_is_said_at_its_field_in_vietnamese() -> None:
    messages = faults(kind="steal", applicant={"name": ""}, slot_id="x", consent=None, language="fr")
    assert set(messages) == {"kind", "applicant", "slot_id", "consent", "language"}
    assert messages["applicant"]["name"] == ["Thiếu ô này. Xin điền vào."]
    assert messages["slot_id"] == ["Ô này cần là số nguyên."]


def test_no_sentence_of_the_library_reaches_a_person() -> None:
    wrong: list[dict[str, Any]] = [
        dict.fromkeys(BOOKING),
        dict.fromkeys(BOOKING, 3.5),
        {name: [] for name in BOOKING},
        dict.fromkeys(BOOKING, "x" * 300),
        {"place": {"unit_code": 1, "address": "a" * 300, "lon": "west", "lat": 91, "pin_confirmed": "perhaps"}},
        {"place": {"unit_code": "1", "address": "a", "lon": "inf", "lat": True}},
        {"dossiers": [{}] * 30},
        {"dossiers": [{"procedure_code": "1", "cases": "none"}, 3]},
        {"slot_id": 2**40},
        {"unknown": 1},
    ]
    said = {sentence for changed in wrong for sentence in _sentences(faults(**changed))}
    assert said
    assert all(any(ord(letter) > 127 for letter in sentence) for sentence in said), said


def _sentences(messages: Any) -> list[str]:
    if isinstance(messages, dict):
        return [sentence for inner in messages.values() for sentence in _sentences(inner)]
    return [sentence for inner in messages for sentence in ([inner] if isinstance(inner, str) else _sentences(inner))]


def test_a_pin_outside_the_earth_is_refused() -> None:
    assert set(faults(place={"unit_code": "1", "address": "a", "lon": 181, "lat": 91})["place"]) == {"lon", "lat"}


def test_more_than_twenty_dossiers_are_refused() -> None:
    assert "dossiers" in faults(dossiers=BOOKING["dossiers"] * 21)


def test_names_and_doors_are_tidy_and_telephones_parsed_from_here_on() -> None:
    place = {"unit_code": "1", "address": " Làng\tThử \n số 3 ", "landmark": "cạnh\x07suối", "former_name": "Ia  Thử"}
    person = {"name": " Nguye\u0302\u0303n\x00Văn \n Thử ", "phone": "+84 900.000-001"}
    wish = load(applicant=person, place=place, helper_name=" Trưởng  thôn ", helper_phone="0900 000 002")
    assert (wish.applicant.name, wish.applicant.phone) == ("Nguyễn Văn Thử", "0900000001")
    assert (wish.place.address, wish.place.landmark, wish.place.former_name) == ("Làng Thử số 3", "cạnh suối", "Ia Thử")
    assert (wish.helper_name, wish.helper_phone) == ("Trưởng thôn", "0900000002")


def test_malformed_telephones_are_kept_as_faults_each_at_its_field_for_the_rules_to_say_theirs_too() -> None:
    command = load(applicant={"name": "A", "phone": "12"}, helper_phone="không có").command(now=NOW, by="partner:1")
    assert (command.applicant.phone, command.helper_phone) == (None, None)
    found = [(fault.code, fault.field) for fault in (*command.applicant.faults, *command.faults)]
    assert found == [("phone_malformed", "applicant.phone"), ("phone_malformed", "helper_phone")]


def test_empty_texts_are_nothing() -> None:
    wish = load(helper_name="", helper_phone="", external_ref="", applicant={"name": "A", "phone": ""})
    assert (wish.helper_name, wish.helper_phone, wish.external_ref, wish.applicant.phone) == (None,) * 4


def test_a_price_is_asked_for_today_unless_a_day_is_named() -> None:
    asked = {"kind": "send", "unit_code": "23563", "dossiers": BOOKING["dossiers"]}
    schema = QuoteVisitSchema()
    assert schema.load(asked).command(date(2026, 12, 1)).day == date(2026, 12, 1)
    assert schema.load({**asked, "day": "2026-12-03"}).command(date(2026, 12, 1)).day == date(2026, 12, 3)
