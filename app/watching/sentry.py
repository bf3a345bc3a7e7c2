"""Errors for a server of Sentry, where `TANNHA_SENTRY_DSN` names one: their kind and places, and whatever our own words say.

Nothing is sent by itself: no request, no local variable, no line of a log, no breadcrumb.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from structlog.contextvars import get_contextvars

from app.config import SettingsError
from app.watching.logs import chain, words
from app.watching.version import VERSION

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

KEPT: Final = ("event_id", "timestamp", "platform", "level", "release", "environment", "tags", "sdk")
OF_A_FRAME: Final = ("filename", "function", "lineno", "module", "in_app")
WAITS_S: Final = 2.0
_on = False


def set_up(dsn: str | None, environment: str, part: str) -> None:
    global _on  # noqa: PLW0603 (one a process, as is the log)
    _on = dsn is not None
    if dsn is None:
        return
    try:
        import sentry_sdk  # noqa: PLC0415 (an extra)
    except ImportError:
        raise SettingsError(
            "TANNHA_SENTRY_DSN names a server, and its library is not installed: run pip install 'tannha[sentry]', "
            "or unset TANNHA_SENTRY_DSN."
        ) from None
    try:
        sentry_sdk.init(
            dsn=dsn,
            release=VERSION,
            environment=environment,
            server_name="",
            default_integrations=False,
            auto_enabling_integrations=False,
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            auto_session_tracking=False,
            before_send=scrub,
        )
    except sentry_sdk.utils.BadDsn:
        raise SettingsError(
            "TANNHA_SENTRY_DSN is no address such as https://KEY@sentry.example.vn/1: correct it or leave it unset."
        ) from None
    sentry_sdk.set_tag("part", part)


def report(error: BaseException) -> None:
    """Tell of an error that nobody expected."""
    if not _on:
        return
    import sentry_sdk  # noqa: PLC0415 (see `set_up`)

    with sentry_sdk.new_scope() as scope:
        for name, value in get_contextvars().items():
            scope.set_tag(name, str(value))
        scope.capture_exception(error)


def flush() -> None:
    """Before the process ends."""
    if _on:
        import sentry_sdk  # noqa: PLC0415 (see `set_up`)

        sentry_sdk.flush(WAITS_S)


def scrub(event: Event, hint: Hint) -> Event | None:
    """Only what is named here leaves the house; the library may come to gather more."""
    error = hint.get("exc_info", (None, None, None))[1]
    if error is None:
        return None
    safe = {type(one).__name__: words(one) for one in chain(error)}
    given: dict[str, Any] = dict(event)
    kept: dict[str, Any] = {name: given[name] for name in KEPT if name in given}
    kept["exception"] = {
        "values": [
            {
                "type": one.get("type"),
                "module": one.get("module"),
                "value": safe.get(one.get("type"), ""),
                "stacktrace": {"frames": [_frame(frame) for frame in (one.get("stacktrace") or {}).get("frames", [])]},
            }
            for one in given.get("exception", {}).get("values", [])
        ]
    }
    return kept  # type: ignore[return-value]  # a part of an Event, built by its own names


def _frame(frame: dict[str, Any]) -> dict[str, Any]:
    return {name: frame[name] for name in OF_A_FRAME if name in frame}
