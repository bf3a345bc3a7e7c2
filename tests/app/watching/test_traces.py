"""Spans for a collector: rules, names of jobs and of systems, and how they belong together; no address, no value."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.config import SettingsError
from app.watching import traces
from tests.app.watching.listening import listening

PROGRAM = """
import sys
from opentelemetry import trace
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
from app.config import load_settings
from app.factory import create_app
from app.watching import traces, trail
from app.web.auth import public
from integrations.http import OutsideService
from tests.fakes.no_database import NoDatabase

settings = load_settings()
traces.set_up(settings.traces, "web")
app = create_app(settings, database=NoDatabase())
app.testing = False

def page(token):
    carried = trail.carried()[trail.KEY]
    assert carried["traceparent"].count("-") == 3
    try:
        OutsideService("partner").call("POST", sys.argv[1])
    except Exception:
        raise ValueError("0900000001")

app.add_url_rule("/hong/<token>", "hong", public(page))
app.test_client().get("/hong/s3cr3t-token?phone=0900000001", headers={"X-Request-ID": "abc-12345", "TraceParent": PARENT})
"""


@pytest.mark.parametrize(("proxies", "parent"), [("0", ""), ("1", "b7ad6b7169203331")])
def test_a_request_and_its_call_are_told_by_rule_and_name(proxies: str, parent: str) -> None:
    """They belong to the span of a proxy of ours, and to none that a stranger names."""
    with listening() as collector:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "TANNHA_ENV": "test",
            "TANNHA_TRACES": collector.url,
            "TANNHA_PROXIES": proxies,
        }
        words = [sys.executable, "-c", PROGRAM, "http://127.0.0.1:9/nobody?phone=0900000001"]
        subprocess.run(words, env=environment, check=True, capture_output=True)
        path, _, body = collector.first()
    assert path == "/v1/traces"
    assert b"0900000001" not in body
    assert b"s3cr3t" not in body
    told = ExportTraceServiceRequest.FromString(body)
    spans = {span.name: span for span in told.resource_spans[0].scope_spans[0].spans}
    assert spans.keys() == {"/hong/<token>", "partner"}
    assert spans["partner"].parent_span_id == spans["/hong/<token>"].span_id
    assert spans["/hong/<token>"].parent_span_id.hex() == parent
    assert spans["partner"].status.message == "Unavailable"
    status = {one.key: one.value.int_value for one in spans["/hong/<token>"].attributes}
    assert status["http.response.status_code"] == 500


def test_without_a_collector_nothing_is_loaded() -> None:
    program = (
        "import sys; from app.watching import traces; traces.set_up(None, 'web')\n"
        "with traces.span('x'): print(traces.carried(), 'opentelemetry' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "{} False"


def test_a_missing_library_is_said_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.resources", None)
    with pytest.raises(SettingsError, match=r"tannha\[traces\]"):
        traces.set_up("http://127.0.0.1:4318", "web")
