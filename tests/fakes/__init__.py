"""Stand-ins for what lies outside: they satisfy the same protocols as the real side."""

from tests.fakes.sms import FakeSms

__all__ = ["FakeSms"]
