"""One way to call out over HTTP: bounded in time, over checked TLS, and every failure one of three errors."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from time import monotonic, time
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.exceptions import BaseHTTPError  # type: ignore[attr-defined]  # urllib3's own, which the stubs hide
from requests.models import DecodeError, ReadTimeoutError
from urllib3.exceptions import NewConnectionError

from integrations.calls import calling
from integrations.errors import BadAnswer, Rejected, Unavailable

logging.getLogger("urllib3").setLevel(logging.INFO)  # its DEBUG lines hold whole addresses: ids, and keys of eSMS
LATER: Final = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
LONGEST_RETRY_AFTER_S: Final = 86_400
AN_EPOCH: Final = 1_000_000_000  # no operator asks for thirty years of patience
SENTENCE_FIELDS: Final = ("message", "Message", "errorMessage", "error_description", "detail")
LONGEST_SENTENCE: Final = 500
A_READ: Final = 65_536


@dataclass(frozen=True, slots=True)
class OutsideService:
    """An outside service and how to reach it.

    `service` is the name used in errors and logs; `connect_s`, `read_s` (between two bytes) and `whole_s` (for a whole
    answer, since a drop of it every nine seconds would never be late) are seconds; `most_bytes` bounds an answer: a longer
    one is refused, or only read so far where `cut` says that nobody needs the rest.
    `ca_path` is a PEM file or a folder of them, for services that sign with an authority of their own. There is no
    switch that turns TLS checks off: today's systems have one, and it is on.
    """

    service: str
    connect_s: float = 3.05
    read_s: float = 10.0
    whole_s: float = 60.0
    most_bytes: int = 32 * 1024 * 1024
    cut: bool = False
    ca_path: Path | None = None
    session: requests.Session = field(default_factory=requests.Session, repr=False, compare=False)

    def __post_init__(self) -> None:
        if min(self.connect_s, self.read_s, self.whole_s) <= 0:
            raise ValueError(f"{self.service}: time-outs must be positive seconds")
        if self.ca_path is not None and not self.ca_path.exists():
            raise ValueError(f"{self.service}: no certificate authority at {self.ca_path}")

    def call(  # noqa: PLR0913 - the parts of an HTTP request, all but two by keyword
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> requests.Response:
        """Return an answer with a 2xx status.

        Raises Unavailable (no connection or a lost one, untrusted certificate, time-out, 5xx, 408, 425, 429), Rejected
        (other 4xx; `said` is the sentence of a JSON answer) or BadAnswer (a redirect: an API that moves would take the
        credentials along). Errors name service and host, never path or query, where codes and names travel.
        """
        with calling(self.service) as along:
            return self._call(method, url, {**(headers or {}), **along}, params=params, json=json, data=data, auth=auth)

    def _call(  # noqa: PLR0913 - as above
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        params: Mapping[str, str] | None,
        json: Any,
        data: Any,
        auth: tuple[str, str] | None,
    ) -> requests.Response:
        begun = monotonic()
        try:
            answer = self.session.request(
                method,
                url,
                params=params,
                json=json,
                data=data,
                headers=headers,
                auth=auth or _as_they_are,
                timeout=(self.connect_s, self.read_s),
                # per request: requests lets REQUESTS_CA_BUNDLE win over the session's own setting
                verify=str(self.ca_path) if self.ca_path else True,
                allow_redirects=False,
                stream=True,
            )
        except requests.RequestException as error:
            raise self._failure(url, error) from None  # the original carries the whole URL
        with answer:
            # requests reads an answer to its end, however long that takes; this is where it would keep what it read
            answer._content = self._body(answer, begun)  # noqa: SLF001 - see above
        return self._checked(answer)

    def object_of(self, answer: requests.Response) -> dict[str, Any]:
        """Return the JSON object of an answer; raise BadAnswer when it is anything else (HTML behind a 200, a list)."""
        try:
            value = answer.json()
        except requests.JSONDecodeError:
            raise BadAnswer(self.service, "the answer is not JSON", raw=answer.content) from None
        if not isinstance(value, dict):
            kind = type(value).__name__
            raise BadAnswer(self.service, f"the answer is a JSON {kind}, not an object", raw=answer.content)
        return value

    def _body(self, answer: requests.Response, begun: float) -> bytes:
        host = urlsplit(answer.url).hostname or "?"
        parts: list[bytes] = []
        size = 0
        try:
            while part := answer.raw.read1(A_READ, decode_content=True):
                parts.append(part)
                size += len(part)
                if size > self.most_bytes:
                    if self.cut:
                        break
                    raise BadAnswer(self.service, f"{host} answered with more than {self.most_bytes} bytes")
                if monotonic() - begun > self.whole_s:
                    raise Unavailable(self.service, f"{host} did not answer in time", unsure=True)
        except DecodeError:
            raise BadAnswer(self.service, f"{host} sent an answer that can't be unpacked") from None
        except ReadTimeoutError:
            raise Unavailable(self.service, f"{host} did not answer in time", unsure=True) from None
        except (BaseHTTPError, OSError):
            raise Unavailable(self.service, f"{host} hung up in mid-answer", unsure=True) from None
        return b"".join(parts)

    def _failure(self, url: str, error: requests.RequestException) -> Unavailable | BadAnswer | Rejected:
        host = urlsplit(url).hostname or "?"
        match error:
            case requests.exceptions.InvalidURL() | requests.exceptions.MissingSchema():
                return Rejected(self.service, "the configured address is not a URL", code="url")
            case requests.exceptions.SSLError():
                return Unavailable(self.service, f"the certificate of {host} is not trusted; set its authority's file")
            case requests.Timeout():
                return Unavailable(self.service, f"{host} did not answer in time", unsure=_reached(error))
            case requests.ConnectionError():
                return Unavailable(self.service, f"no connection to {host}", unsure=_reached(error))
            case _:
                return BadAnswer(self.service, f"{host} broke off its answer ({type(error).__name__})")

    def _checked(self, answer: requests.Response) -> requests.Response:
        status = answer.status_code
        if status in LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            broke = status >= HTTPStatus.INTERNAL_SERVER_ERROR
            wait = _retry_after(answer)
            raise Unavailable(self.service, f"answered {status}", retry_after_s=wait, status=status, unsure=broke)
        if status >= HTTPStatus.BAD_REQUEST:
            raise Rejected(self.service, f"answered {status}", code=str(status), said=_said(answer), status=status)
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            raise BadAnswer(
                self.service, f"answered {status}: redirects are not followed", raw=answer.content, status=status
            )
        return answer


def _as_they_are(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep the headers as written: without this, requests lets a ~/.netrc replace a Bearer token."""
    return request


def _reached(error: requests.RequestException) -> bool:
    """Could they have read the request? Not when no connection came about."""
    why = error.args[0] if error.args else None
    return not (
        isinstance(error, requests.ConnectTimeout) or isinstance(getattr(why, "reason", None), NewConnectionError)
    )


def _retry_after(answer: requests.Response) -> int | None:
    """Seconds; `X-Rate-Limit-Reset` says them, or the second of the epoch, where the standard's header is missing."""
    value = answer.headers.get("Retry-After") or answer.headers.get("X-Rate-Limit-Reset", "")
    if not (value.isascii() and value.isdecimal()):
        return None
    seconds = int(value) - int(time()) if int(value) > AN_EPOCH else int(value)
    return min(max(0, seconds), LONGEST_RETRY_AFTER_S)


def _said(answer: requests.Response) -> str | None:
    """Return the sentence of a refusal, when it is JSON with one."""
    try:
        value = answer.json()
    except requests.JSONDecodeError:
        return None
    fields = value if isinstance(value, dict) else {}
    sentences = (fields.get(name) for name in SENTENCE_FIELDS)
    return next((text[:LONGEST_SENTENCE] for text in sentences if isinstance(text, str) and text), None)
