"""The dated tariff as the rules read it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.tariff import Rate
from app.models import RemittanceFee, TariffRate


def rates(session: Session, day: date) -> list[Rate]:
    """The rows in force on `day`."""
    rows = session.scalars(
        select(TariffRate).where(
            TariffRate.valid_from <= day, (TariffRate.valid_to.is_(None)) | (TariffRate.valid_to >= day)
        )
    )
    return [
        Rate(
            direction=row.direction,
            zone_class=row.zone_class,
            weight_to_g=row.weight_to_g,
            price=row.price,
            step_g=row.step_g,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            legal_basis=row.legal_basis,
            together=row.together,
        )
        for row in rows
    ]


def remittance_fee(session: Session, day: date) -> RemittanceFee | None:
    """What carrying one dossier's state fee to the desk costs on `day`."""
    return session.scalars(
        select(RemittanceFee).where(RemittanceFee.valid_from <= day).order_by(RemittanceFee.valid_from.desc()).limit(1)
    ).first()
