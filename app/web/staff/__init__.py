"""The staff's door: signing in and out, and what somebody does with the own account."""

from __future__ import annotations

from app.web.staff import places, signin
from app.web.staff.blueprint import bp

__all__ = ["bp", "places", "signin"]
