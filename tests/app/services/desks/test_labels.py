"""Labels of the roll: a number is printed once, whoever prints beside; one envelope's label again leaves a trace."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.domain.custody import Act, EventKind, Holder, Party
from app.domain.errors import DomainError
from app.domain.parcel import ParcelPurpose, parse_s10, s10
from app.models import AuditEvent
from app.models.parcel import PARCEL_ROLL
from app.services.custody import sealing, unknown_scans
from app.services.desks import labels
from app.unit_of_work import UnitOfWork
from tests.factories import NOW, make_dossier
from tests.factories.custody import collected, make_road

DESK = Party(Holder.DESK, "4")


def next_number(session: Session) -> int:
    number: int = session.execute(PARCEL_ROLL.next_value()).scalar_one()
    return number


def test_a_sheet_holds_24_codes_of_the_roll_that_are_on_no_envelope(session: Session) -> None:
    codes = labels.print_sheets(session, 2, DESK, "staff:1", NOW)
    assert len(set(codes)) == 48
    assert [parse_s10(code) for code in codes] == sorted(codes)
    assert sealing.next_label(session) not in codes


def test_a_code_that_was_typed_or_scanned_before_its_turn_is_passed_over(session: UnitOfWork) -> None:
    number = next_number(session)
    typed, scanned = s10(number + 1), s10(number + 3)
    sealing.make_parcel(session, make_dossier(session), ParcelPurpose.DOSSIER, typed, Party(Holder.CITIZEN), NOW)
    bag, safe = Party(Holder.COURIER, "1"), Party(Holder.OFFICE_SAFE, "1")
    act = Act(EventKind.HANDED_OVER, bag, safe, occurred_at=NOW, now=NOW, by="courier:1", operation_id="scan-1")
    unknown_scans.keep(session, scanned, act, office_id=None)
    session.flush()
    codes = labels.print_sheets(session, 1, DESK, "staff:1", NOW)
    assert len(set(codes)) == 24
    assert not {typed, scanned} & set(codes)


@pytest.mark.parametrize("sheets", [None, 0, 21])
def test_so_many_sheets_are_not_printed_at_once(session: Session, sheets: int | None) -> None:
    before = next_number(session)
    with pytest.raises(DomainError, match="label_sheets_malformed") as refusal:
        labels.print_sheets(session, sheets, DESK, "staff:1", NOW)
    assert refusal.value.field == "sheets"
    assert next_number(session) == before + 1


def test_two_who_print_at_once_and_one_who_seals_never_get_the_same_number(committed: Database) -> None:
    def printed(number: int) -> list[str]:
        with committed.transaction() as session:
            return labels.print_sheets(session, 2, DESK, f"staff:{number}", NOW)

    def sealed(_: int) -> list[str]:
        with committed.transaction() as session:
            return [sealing.next_label(session) for _ in range(30)]

    with ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(act, number) for number in range(8) for act in (printed, sealed)]
    codes = [code for run in runs for code in run.result()]
    assert len(codes) == len(set(codes)) == 8 * (48 + 30)


def test_a_print_that_came_to_nothing_gives_its_numbers_to_nobody_else(committed: Database) -> None:
    class PaperJamError(Exception):
        """Whatever ends the transaction."""

    codes: list[str] = []
    with pytest.raises(PaperJamError), committed.transaction() as session:  # noqa: PT012 (what ends it is the point)
        codes = labels.print_sheets(session, 1, DESK, "staff:1", NOW)
        raise PaperJamError
    with committed.transaction() as session:
        assert not set(codes) & set(labels.print_sheets(session, 1, DESK, "staff:1", NOW))


def test_who_printed_which_labels_is_written_down(session: Session) -> None:
    codes = labels.print_sheets(session, 1, DESK, "staff:7", NOW)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "labels.printed")).one()
    assert (event.actor, event.object_kind, event.object_id) == ("staff:7", "desk", "4")
    assert event.detail == {"first": codes[0], "last": codes[-1], "labels": 24}


def test_who_printed_an_envelope_s_label_again_is_written_down(session: UnitOfWork) -> None:
    parcel = collected(session, make_road(session))
    code, history = parcel.code, parcel.event_no
    labels.print_again(session, parcel, "staff:7", NOW)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "label.printed_again")).one()
    assert (event.actor, event.object_kind, event.object_id) == ("staff:7", "parcel", str(parcel.id))
    assert (parcel.code, parcel.event_no) == (code, history)  # paper, no hand-over
