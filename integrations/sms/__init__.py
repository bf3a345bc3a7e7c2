"""Short messages: what one is, what it costs, and who sends it."""

from integrations.sms.console import ConsoleSms, rotate
from integrations.sms.message import SentSms, SmsMessage, SmsSender, masked
from integrations.sms.text import Segments, segments

__all__ = ["ConsoleSms", "Segments", "SentSms", "SmsMessage", "SmsSender", "masked", "rotate", "segments"]
