"""Whose rows an account may see: those of its offices, or all of them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

Offices = Collection[int] | None
"""The offices an account may see; None: all of them."""


def within(column: InstrumentedAttribute[int], office_ids: Offices) -> list[ColumnElement[bool]]:
    return [] if office_ids is None else [column.in_(office_ids)]
