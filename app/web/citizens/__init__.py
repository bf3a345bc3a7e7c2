"""Home, procedures, booking, tracking, own requests."""

from app.web.citizens import home, procedures
from app.web.citizens.blueprint import bp

__all__ = ["bp", "home", "procedures"]
