"""An agency's software on the line: a key, and a new Idempotency-Key for each call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories.counter import number

KEY = "a key of an agency"


@dataclass
class AgencyLine:
    client: FlaskClient
    key: str = KEY

    def post(self, path: str, body: object, call: str | None = None) -> TestResponse:
        headers = {**self.auth, "Idempotency-Key": call or f"call-{number():08d}"}
        return self.client.post(f"/api/v1{path}", json=body, headers=headers)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path if path.startswith("/api/") else f"/api/v1{path}", headers=self.auth)

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def said(answer: TestResponse) -> dict[str, Any]:
    assert isinstance(answer.json, dict), answer.text
    return answer.json


def faults(answer: TestResponse) -> dict[str, str]:
    """Field → code; every fault says the way out in Vietnamese."""
    found = {fault["field"]: fault["code"] for fault in said(answer)["errors"]}
    assert all(fault["detail"] for fault in said(answer)["errors"])
    return found
