"""Spans of requests, jobs and calls outside for a collector of OpenTelemetry, where `TANNHA_TRACES` names one.

Made by hand and not by its instrumentations: these tell whole addresses, and ours hold tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from app.config import SettingsError
from app.watching.version import VERSION

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

_tracer: Tracer | None = None


def set_up(address: str | None, part: str) -> None:
    """`address`: of the collector, such as http://127.0.0.1:4318; None: nothing is told. After the last fork."""
    global _tracer  # noqa: PLW0603 (one a process, as is the log)
    if address is None:
        _tracer = None
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 (an extra)
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an extra, and only by setting
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - the same
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - the same
    except ImportError:
        raise SettingsError(
            "TANNHA_TRACES names a collector, and its library is not installed: run pip install 'tannha[traces]', "
            "or unset TANNHA_TRACES."
        ) from None
    provider = TracerProvider(resource=Resource.create({"service.name": f"tannha-{part}", "service.version": VERSION}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{address.rstrip('/')}/v1/traces")))
    _tracer = provider.get_tracer("tannha")


def carried() -> dict[str, str]:
    """W3C's `traceparent` of the span that is open here."""
    if _tracer is None:
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415 - an extra, and only by setting

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return {name: value for name, value in carrier.items() if name == "traceparent"}


@contextmanager
def span(name: str, given: Mapping[str, str] | None = None, **attributes: str | int) -> Iterator[Span | None]:
    """Around a piece of work. `given`: with the `traceparent` it belongs to. An error is told by its kind alone."""
    if _tracer is None:
        yield None
        return
    from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415 - an extra, and only by setting
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415 - the same

    parent = TraceContextTextMapPropagator().extract(given) if given else None
    options: dict[str, Any] = {"context": parent, "record_exception": False, "set_status_on_exception": False}
    with _tracer.start_as_current_span(name, attributes=attributes, **options) as opened:
        try:
            yield opened
        except BaseException as error:
            opened.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise
