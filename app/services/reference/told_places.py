"""Offices and desks as a file or a form tells them: official names, addresses, positions, telephones, opening hours, line by line.

What a line does not say stays. Nothing is deleted: dossiers and envelopes point to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.dossier import parse_dossier_code
from app.domain.errors import DomainError, DomainErrors
from app.domain.headed_table import EMPTIED, HeadedRow, Headings, RowAnswer, RowVerdict, answer_rows
from app.domain.identity import parse_line
from app.domain.wording import folded, tidy
from app.models import Desk, Office, Unit
from app.queries.reference.place_changes import last_change
from app.services import audit
from app.services.reference.catalogue import EAST, NORTH, SOUTH, WEST
from app.services.reference.closing import Stand, close_place, reopen_place
from app.table_files import Line

LONGEST: Final = 200
HEADINGS: Final = Headings({
    "code": ("ma", "ma noi lam viec", "ma buu cuc", "ma bo phan mot cua"),
    "kind": ("loai",),
    "unit": ("ma xa", "ma xa phuong", "ma don vi"),
    "name": ("ten", "ten chinh thuc"),
    "address": ("dia chi",),
    "lon": ("kinh do",),
    "lat": ("vi do",),
    "phone": ("so dien thoai", "dien thoai", "so quay"),
    "duty_phone": ("so truc", "so goi tren duong"),
    "opening_hours": ("gio mo cua", "gio lam viec"),
    "dossier_prefix": ("tien to ma ho so", "dau ma ho so"),
    "state": ("trang thai",),
    "taken_over_by": ("noi tiep nhan thay", "ma noi tiep nhan thay"),
})  # fmt: skip
KINDS: Final[Mapping[str, str]] = {
    "buu cuc": "office", "office": "office", "trung tam khai thac": "hub", "hub": "hub",
    "bo phan mot cua": "desk", "mot cua": "desk", "desk": "desk",
    "trung tam phuc vu hanh chinh cong": "centre", "centre": "centre",
}  # fmt: skip
STATES: Final[Mapping[str, bool]] = {  # folded → is it open?
    "dang mo": True, "mo": True, "open": True, "da dong": False, "dong": False, "closed": False,
}  # fmt: skip
PLAIN: Final = ("name", "address", "opening_hours")
TELEPHONES: Final = ("phone", "duty_phone")
ALWAYS_THERE: Final = frozenset({"name", "address", "lon", "lat"})


def hear_places(session: Session, lines: Sequence[Line], by: str, now: datetime) -> list[RowAnswer]:
    """Every line is answered; a wrong one changes nothing. For a rehearsal the caller takes the transaction back.

    Raises the `table_…` faults of `answer_rows`.
    """

    def take(row: HeadedRow) -> tuple[RowVerdict, tuple[str, ...]]:
        with session.begin_nested():
            return _take(session, row, by, now)

    return answer_rows(lines, HEADINGS, take)


def tell_place(
    session: Session, code: str, cells: Mapping[str, str], by: str, now: datetime, seen: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Say of one place that stands what a line of a file would; `seen`: what a form showed of it. Returns what changed.

    Raises `not_found`, `place_changed_by_other` at every field that somebody else changed since, a line's faults.
    """
    place = find_place(session, code, lock=True)
    if place is None:
        raise DomainError("not_found", kind="not_found")
    session.refresh(place)
    _check_seen(session, place, cells, seen or {})
    return _take(session, HeadedRow(1, code, cells), by, now)[1]


def _check_seen(session: Session, place: Stand, cells: Mapping[str, str], seen: Mapping[str, str]) -> None:
    """Whoever comes second is told, and what the first one wrote stays."""
    standing = {field: as_typed(getattr(place, field)) for field in seen if field in cells}
    lost = [field for field, value in standing.items() if value not in {seen[field], cells[field]}]
    if not lost:
        return
    last = last_change(session, place)
    who, at = (last.by, last.at) if last is not None else ("", place.told_at)
    raise DomainErrors([
        DomainError("place_changed_by_other", field=field, who=who or "–", at=at, value=standing[field] or "–")
        for field in lost
    ])  # fmt: skip


def as_typed(value: object) -> str:
    """A column as a form shows it."""
    return "" if value is None else str(value)


def find_place(session: Session, code: str, *, lock: bool = False) -> Stand | None:
    office = select(Office).where(Office.code == code)
    desk = select(Desk).where(Desk.code == code)
    if lock:
        office, desk = office.with_for_update(of=Office), desk.with_for_update(of=Desk)
    return session.scalars(office).one_or_none() or session.scalars(desk).one_or_none()


def _take(session: Session, row: HeadedRow, by: str, now: datetime) -> tuple[RowVerdict, tuple[str, ...]]:
    stand = find_place(session, row.key, lock=True)
    told, opens = _told(row), _opens(row)
    if stand is None and opens is False:
        raise DomainError("place_not_there_to_close", kind="invalid", field="state")
    if stand is None:
        stand = _new(session, row, told)
        stand.position_told_at = now
        _note(session, stand, by, now, sorted(told), "place.opened")
        return RowVerdict.NEW, ()
    _check_kind(row, stand)
    _check_options(stand, told)
    _check_prefix(session, told, row.key)
    fields = _change(session, stand, told, by, now)
    turned = _turn(session, stand, row, by, now) if opens is not None else None
    if turned is not None:
        return turned, (*(fields or ()), "state")
    return (RowVerdict.SAME, ()) if fields is None else (RowVerdict.CHANGED, fields)


def _change(session: Session, stand: Stand, told: Mapping[str, Any], by: str, now: datetime) -> tuple[str, ...] | None:
    """Returns what is different now; None where nothing is, not even that the position has been looked at."""
    fields = tuple(field for field, value in told.items() if getattr(stand, field) != value)
    newly_surveyed = _surveyed(told) and stand.position_told_at is None
    if not fields and not newly_surveyed:
        return None
    for field in fields:
        setattr(stand, field, told[field])
    if _surveyed(told):
        stand.position_provisional, stand.position_told_at = False, now
    _note(session, stand, by, now, fields, "place.changed")
    return fields


def _turn(session: Session, stand: Stand, row: HeadedRow, by: str, now: datetime) -> RowVerdict | None:
    """Close or open again; None where it is already as the cell says."""
    opens = _opens(row)
    if opens is (stand.closed_at is None):
        return None
    if opens:
        check_free(session, stand)
        reopen_place(session, stand, by, now)
        return RowVerdict.CHANGED
    close_place(session, stand, _heir(session, row), by, now)
    return RowVerdict.CLOSED


def _opens(row: HeadedRow) -> bool | None:
    said = " ".join(folded(row.given("state")).split())
    if not said:
        return None
    if said not in STATES:
        raise DomainError("place_state_unknown", kind="invalid", field="state", given=row.given("state")[:40])
    return STATES[said]


def _heir(session: Session, row: HeadedRow) -> Desk | None:
    code = row.given("taken_over_by").strip()
    if not code:
        return None
    heir = find_place(session, code, lock=True)
    if not isinstance(heir, Desk):
        raise DomainError("unknown_desk_code", kind="invalid", field="taken_over_by", desk=code[:40])
    return heir


def _check_options(stand: Stand, told: Mapping[str, Any]) -> None:
    """What only the other kind of place has."""
    refused = "duty_phone" if isinstance(stand, Desk) else "dossier_prefix"
    if refused in told:
        raise DomainError("place_option_refused", kind="invalid", field=refused)


def _surveyed(told: Mapping[str, Any]) -> bool:
    return "lon" in told


def _told(row: HeadedRow) -> dict[str, Any]:
    """What the cells say, by column; an empty cell says nothing, "-" that there is none."""
    told: dict[str, Any] = {}
    for field in (*PLAIN, *TELEPHONES):
        said = row.given(field).strip()
        if said == EMPTIED and field in ALWAYS_THERE:
            raise DomainError("place_option_missing", kind="invalid", field=field)
        if said:
            told[field] = None if said == EMPTIED else _value(field, said)
    prefix = row.given("dossier_prefix").strip().upper()
    if prefix:
        told["dossier_prefix"] = None if prefix == EMPTIED else _prefix(prefix)
    return told | _position(row)


def _prefix(said: str) -> str:
    """As a code of the desk begins. Raises `place_prefix`."""
    try:
        return parse_dossier_code(f"{said}-260101-0001").prefix
    except DomainError:
        raise DomainError("place_prefix", kind="invalid", field="dossier_prefix", given=said[:20]) from None


def _check_prefix(session: Session, told: Mapping[str, Any], code: str) -> None:
    """Of a desk alone, and of one desk."""
    if told.get("dossier_prefix") is None:
        return
    same = select(Desk.name).where(Desk.dossier_prefix == told["dossier_prefix"], Desk.code != code)
    standing = session.scalars(same).first()
    if standing is not None:
        raise DomainError("place_prefix_taken", field="dossier_prefix", standing=standing)


def _value(field: str, said: str) -> str:
    if field in TELEPHONES:
        return parse_line(said, field)
    if len(said) > LONGEST:
        raise DomainError("place_text_long", kind="invalid", field=field, most=LONGEST)
    return tidy(said)


def _position(row: HeadedRow) -> dict[str, float]:
    given = {field: row.given(field).strip() for field in ("lon", "lat")}
    if not any(given.values()):
        return {}
    return {
        "lon": _degrees("lon", given["lon"], WEST, EAST),
        "lat": _degrees("lat", given["lat"], SOUTH, NORTH),
    }


def _degrees(field: str, text: str, low: float, high: float) -> float:
    """A spreadsheet of ours writes 13,98."""
    try:
        degrees = float(text.replace(",", "."))
    except ValueError:
        degrees = float("nan")
    if not low <= degrees <= high:
        raise DomainError("place_position", kind="invalid", field=field, given=text[:20], low=low, high=high)
    return round(degrees, 6)


def _kind(row: HeadedRow) -> str | None:
    said = " ".join(folded(row.given("kind")).split())
    if not said:
        return None
    if said not in KINDS:
        raise DomainError("place_kind_unknown", kind="invalid", field="kind", given=row.given("kind")[:40])
    return KINDS[said]


def _kind_of(stand: Stand) -> str:
    if isinstance(stand, Office):
        return "hub" if stand.kind == "hub" else "office"
    return "centre" if stand.level == "province" else "desk"


def _check_kind(row: HeadedRow, stand: Stand) -> None:
    """Kind and unit of a place that stands are only compared: routes, prices and competences hang on them."""
    if _kind(row) not in {None, _kind_of(stand)}:
        raise DomainError("place_stays", field="kind", place=stand.name)
    if row.given("unit").strip() not in {"", stand.unit_code}:
        raise DomainError("place_stays", field="unit", place=stand.name)


def _new(session: Session, row: HeadedRow, told: Mapping[str, Any]) -> Stand:
    kind = _kind(row)
    unit = session.get(Unit, row.given("unit").strip())
    if kind is None:
        raise DomainError("place_unknown", kind="invalid", field="code", given=row.key[:40])
    if unit is None:
        raise DomainError("unit_unknown", kind="invalid", field="unit")
    for field in ("name", "lon", "lat"):
        if field not in told:
            raise DomainError("place_option_missing", kind="invalid", field=field)
    _check_free(session, kind, unit)
    _check_prefix(session, told, row.key)
    values = {"code": row.key, "unit_code": unit.code, "position_provisional": False, **told}
    stand: Stand
    if kind in {"office", "hub"}:
        if "dossier_prefix" in told:
            raise DomainError("place_option_refused", kind="invalid", field="dossier_prefix")
        stand = Office(**values, kind="hub" if kind == "hub" else "commune", has_counter=kind == "office")
    elif "duty_phone" in told:
        raise DomainError("place_option_refused", kind="invalid", field="duty_phone")
    else:
        stand = Desk(**values, level="province" if kind == "centre" else "commune")
    session.add(stand)
    session.flush()
    return stand


def check_free(session: Session, stand: Stand) -> None:
    """Before it opens again. Raises `place_taken` where another one serves its unit since."""
    _check_free(session, _kind_of(stand), stand.unit)


def _check_free(session: Session, kind: str, unit: Unit) -> None:
    """One open office and one open desk a unit, as everything else reckons."""
    wanted = {
        "office": select(Office.code).where(
            Office.unit_code == unit.code, Office.kind == "commune", Office.closed_at.is_(None)
        ),
        "desk": select(Desk.code).where(Desk.unit_code == unit.code, Desk.level == "commune", Desk.closed_at.is_(None)),
    }.get(kind)
    standing = session.scalar(wanted.limit(1)) if wanted is not None else None
    if standing is not None:
        raise DomainError("place_taken", field="unit", unit=unit.name, standing=standing)


def _note(session: Session, stand: Stand, by: str, now: datetime, fields: Sequence[str], action: str) -> None:
    stand.told_at = now
    kind = "office" if isinstance(stand, Office) else "desk"
    audit.record(session, by, action, kind, stand.id, now, fields=list(fields))
