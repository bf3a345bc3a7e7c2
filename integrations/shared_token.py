"""A token that many threads call with: got once, and renewed by one of them while the others wait for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, TypeVar

from integrations.errors import IntegrationError, Rejected, Unavailable

Answer = TypeVar("Answer")
TOKEN_REFUSED: Final = frozenset({"401", "403"})


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are to a partner. Asked for at every log-in, so that a rotated secret needs no restart."""

    username: str
    password: str = field(repr=False)


def token_refused(refusal: Rejected) -> bool:
    """Say whether a refusal was of the token, by its HTTP status (docs/domain.md §5: on 401 or 403 renew and retry once)."""
    return refusal.code in TOKEN_REFUSED


class SharedToken:
    """`log_in` returns a new token or raises an IntegrationError, which every waiting caller gets as its own.

    A refused log-in means "later", not "never": a wrong secret is a fault of the settings, and no message may be given
    up for it. `patience_s`: how long a caller waits for somebody else's log-in.
    """

    def __init__(self, service: str, log_in: Callable[[], str], *, patience_s: float = 60.0) -> None:
        self._service = service
        self._log_in = log_in
        self._patience_s = patience_s
        self._lock = Lock()
        self._token: str | None = None
        self._under_way: Future[str] | None = None

    def call(self, ask: Callable[[str], Answer], expired: Callable[[Rejected], bool]) -> Answer:
        """Return `ask(token)`; when the token was `expired`, renew it and ask once more.

        A second expiry in a row means "later" as a refused log-in does: their sessions die young, or our account lacks
        a right; neither says anything about the message that was asked with it.
        """
        token = self.get()
        try:
            return ask(token)
        except Rejected as refusal:
            if not expired(refusal):
                raise
        try:
            return ask(self.get(instead_of=token))
        except Rejected as refusal:
            if not expired(refusal):
                raise
            reason = f"refuses a new session, too ({refusal.code}): check the rights of our account"
            raise Unavailable(self._service, reason, status=refusal.status) from None

    def get(self, instead_of: str | None = None) -> str:
        """Return the token; when it is still the one that was refused (`instead_of`), log in again first."""
        with self._lock:
            if self._token is not None and self._token != instead_of:
                return self._token
            mine = self._under_way is None
            flight = self._under_way = self._under_way or Future()
        if mine:
            self._renew(flight)
        try:
            return flight.result(self._patience_s)
        except LateError:
            raise Unavailable(self._service, "somebody else's log-in takes too long") from None

    def _renew(self, flight: Future[str]) -> None:
        token: str | None = None
        try:
            token = self._log_in()
        except Rejected as refusal:
            reason = f"the log-in is refused ({refusal.code}): check the user name and the secret"
            flight.set_exception(Unavailable(self._service, reason))
        except IntegrationError as error:
            flight.set_exception(error)
        except BaseException:
            flight.set_exception(Unavailable(self._service, "the log-in broke off"))
            raise
        else:
            flight.set_result(token)
        finally:
            with self._lock:
                self._token, self._under_way = token, None
