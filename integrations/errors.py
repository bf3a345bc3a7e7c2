"""What can go wrong outside: three answers, because a caller can do three things about it."""

from __future__ import annotations


class IntegrationError(Exception):
    """Say that an outside service did not do what it was asked; names the service, never a person or a full address."""

    def __init__(self, service: str, reason: str, *, status: int | None = None) -> None:
        super().__init__(f"{service}: {reason}")
        self.service = service
        self.reason = reason
        self.status = status  # of the HTTP answer, where one came


class Unavailable(IntegrationError):
    """Later: try again, not before `retry_after_s` seconds when the service says so.

    `unsure`: the request reached them, or may have, and what they did with it is not known.
    """

    def __init__(
        self,
        service: str,
        reason: str,
        *,
        retry_after_s: int | None = None,
        status: int | None = None,
        unsure: bool = False,
    ) -> None:
        super().__init__(service, reason, status=status)
        self.retry_after_s = retry_after_s
        self.unsure = unsure


class Rejected(IntegrationError):
    """Never: the same question will always be refused; `code` is the service's own (HTTP status or operator's code).

    `said` is their sentence, for the person who must act on it; it may name a citizen, so it is in no message.
    """

    def __init__(
        self,
        service: str,
        reason: str,
        *,
        code: str | None = None,
        said: str | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(service, reason, status=status)
        self.code = code
        self.said = said


class BadAnswer(IntegrationError):
    """They broke the contract: not the promised shape, so nothing in the answer may be believed.

    `raw` is the answer as it came, to be parked for a person; it may name a citizen, so it is in no message.
    """

    def __init__(self, service: str, reason: str, *, raw: bytes = b"", status: int | None = None) -> None:
        super().__init__(service, reason, status=status)
        self.raw = raw
