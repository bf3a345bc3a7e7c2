"""Learn where landmarks are from the doors at which a courier stood (docs/decisions/landmarks.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, delete, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert

from app.clock import local_day
from app.domain.custody import Holder
from app.domain.landmarks import SHARE_DECIMALS, LandmarkSaid, SpokenLandmark, spoken_in, together
from app.models import (
    Applicant,
    CustodyEvent,
    CustodyEvidence,
    Errand,
    Landmark,
    LandmarkShare,
    Parcel,
    Place,
    ServiceRequest,
    Unit,
)
from app.unit_of_work import UnitOfWork
from routing.matrix import distance_m

LOOKED_BACK: Final = timedelta(days=8)  # a phone may tell late; asked every night
FARTHEST_M: Final = 40_000  # of the commune's point: beyond, the fix is no door of it
E6: Final = 1_000_000
TELEPHONE: Final = func.coalesce(Applicant.phone, ServiceRequest.helper_phone)


def learn(work: UnitOfWork, now: datetime) -> int:
    """Take what the doors of the last days add, and write the landmarks of their communes anew. Safe to repeat."""
    units: set[str] = set()
    for row in work.execute(_stood_at(now)):
        units |= set(_add(work, row))
    gather(work, units)
    return len(units)


def _stood_at(now: datetime) -> Any:
    """Doors at which papers changed hands, whose household gave words, with the place where the courier's phone was."""
    marks = func.jsonb_array_elements_text(CustodyEvent.commitments).table_valued("mark").render_derived(name="marks")
    at_the_door = or_(CustodyEvent.giver == Holder.CITIZEN, CustodyEvent.taker == Holder.CITIZEN)
    return (
        select(
            Place.id.label("place_id"), Place.unit_code, Place.landmark, CustodyEvent.occurred_at, CustodyEvidence.payload,
            Unit.lon, Unit.lat,
        )
        .select_from(CustodyEvent)
        .join(Parcel, Parcel.id == CustodyEvent.parcel_id)
        .join(Errand, Errand.id == Parcel.errand_id)
        .join(Place, Place.id == Errand.place_id)
        .join(Unit, Unit.code == Place.unit_code)
        .join(marks, true())
        .join(CustodyEvidence, CustodyEvidence.commitment == marks.c.mark)
        .where(
            CustodyEvent.received_at > now - LOOKED_BACK,
            at_the_door,
            func.coalesce(Place.landmark, "") != "",
            CustodyEvidence.kind == "position",
            CustodyEvidence.payload.is_not(None),
        )
        .order_by(CustodyEvent.event_no)
    )  # fmt: skip


def _add(work: UnitOfWork, row: Row[Any]) -> Iterator[str]:
    at = (row.payload["lon_e6"] / E6, row.payload["lat_e6"] / E6)
    if distance_m((row.lon, row.lat), at) > FARTHEST_M:
        return
    lon, lat = (round(axis, SHARE_DECIMALS) for axis in at)
    for spoken in spoken_in(row.landmark):
        said = {
            "unit_code": row.unit_code,
            "said": spoken.said,
            "lon": lon,
            "lat": lat,
            "day": local_day(row.occurred_at),
        }
        share = insert(LandmarkShare).values(place_id=row.place_id, words=spoken.words, **said)
        work.execute(share.on_conflict_do_update(index_elements=["place_id", "words"], set_=said))
        yield row.unit_code


def units_of(work: UnitOfWork, mine: ColumnElement[bool]) -> set[str]:
    return set(work.scalars(select(LandmarkShare.unit_code).where(mine).distinct()))


def gather(work: UnitOfWork, unit_codes: Collection[str]) -> None:
    """Write the landmarks of these communes from the shares that are there: whose share went counts no more."""
    if unit_codes:
        work.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("landmarks", 0))))
    for unit_code in sorted(unit_codes):
        learnt = together(_shares(work, unit_code), distance_m)
        work.execute(delete(Landmark).where(Landmark.unit_code == unit_code))
        rows = [
            {
                "unit_code": unit_code, "words": one.words, "said": one.said, "lon": one.at[0], "lat": one.at[1],
                "doors": one.doors, "seen_on": one.day,
            }
            for one in learnt
        ]  # fmt: skip
        if rows:
            work.execute(insert(Landmark), rows)


def gather_all(work: UnitOfWork) -> None:
    """Every commune that has shares or landmarks: by night, when persons have come to their end."""
    known = set(work.scalars(select(LandmarkShare.unit_code).union(select(Landmark.unit_code))))
    gather(work, known)


def _shares(work: UnitOfWork, unit_code: str) -> list[LandmarkSaid]:
    """A household without a telephone is one of its own request: it adds as little as any other."""
    rows = work.execute(
        select(
            LandmarkShare.words, LandmarkShare.said, LandmarkShare.lon, LandmarkShare.lat, LandmarkShare.day,
            TELEPHONE.label("telephone"), ServiceRequest.id.label("request_id"),
        )
        .join(ServiceRequest, ServiceRequest.place_id == LandmarkShare.place_id)
        .join(Applicant, Applicant.id == ServiceRequest.applicant_id)
        .where(LandmarkShare.unit_code == unit_code, TELEPHONE.is_not(None))
        .order_by(LandmarkShare.id)
    )  # fmt: skip
    return [
        LandmarkSaid(SpokenLandmark(row.words, row.said), row.telephone, (row.lon, row.lat), row.day) for row in rows
    ]
