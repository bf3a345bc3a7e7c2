"""Landmarks learnt from doors where a courier stood: what each door adds, and what several households named alike."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, IntKey
from app.models.request import Place


class LandmarkShare(Base):
    """One landmark that one household gave, and where its door is; goes with the person."""

    __tablename__ = "landmark_share"
    __table_args__ = (UniqueConstraint("place_id", "words"),)

    id: Mapped[IntKey]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)
    words: Mapped[str]  # without case and accents
    said: Mapped[str]
    lon: Mapped[float]
    lat: Mapped[float]
    day: Mapped[date]
    place: Mapped[Place] = relationship()


class Landmark(Base):
    """Of a commune, by at least three doors and as many telephones; written anew whenever a share comes or goes."""

    __tablename__ = "landmark"
    __table_args__ = (
        Index("ix_landmark_unit_code_words", "unit_code", "words"),
        CheckConstraint("doors >= 3", name="several_doors"),
    )

    id: Mapped[IntKey]
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    words: Mapped[str]
    said: Mapped[str]
    lon: Mapped[float]
    lat: Mapped[float]
    doors: Mapped[int]
    seen_on: Mapped[date]
