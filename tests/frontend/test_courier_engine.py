"""The engine of the courier's app: its own tests pass, and Python opens what it seals and hashes the same."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from typing import Any
from uuid import UUID

import pytest

import hatch_build
from app.config import Keys, Settings, load_keys
from app.domain.custody import canonical_json, digest
from app.domain.operation import Header, OperationKind
from app.domain.parcel import s10
from app.domain.signing import enrolment_text, sign_in_text
from app.queries.custody.phone_keys import load_key, signed_text
from app.schemas.operations import WireReader
from app.services.evidence import sealed

pytestmark = pytest.mark.timeout(180)
MARK = "VECTORS "


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return load_keys(Settings(environment="test", var=tmp_path_factory.mktemp("var")))


@pytest.fixture(scope="module")
def engine(keys: Keys) -> dict[str, Any]:
    hatch_build.install_node_modules()
    done = subprocess.run(
        [str(hatch_build._node_bin() / "node"), "node_modules/vitest/vitest.mjs", "run", "--disable-console-intercept"],
        cwd=hatch_build.FRONTEND,
        env={**os.environ, "VITE_SERVER_KEY": sealed.server_key(keys), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return _printed(done.stdout, MARK) | {"signed": _printed(done.stdout, "SIGNED ")}


def _printed(output: str, mark: str) -> dict[str, Any]:
    line = next(line for line in output.splitlines() if mark in line)
    printed: dict[str, Any] = json.loads(line.partition(mark)[2])
    return printed


def test_the_engine_keeps_its_promises(engine: dict[str, Any]) -> None:
    assert len(engine["vectors"]) == 3


def test_python_writes_the_same_canonical_json(engine: dict[str, Any]) -> None:
    for vector in engine["vectors"]:
        assert canonical_json(vector["payload"]).decode() == vector["canonical"]


def test_python_opens_what_the_phone_sealed(engine: dict[str, Any], keys: Keys) -> None:
    for vector in engine["vectors"]:
        context = f"op:{vector['header']['op_id']}"
        plain = sealed.open_sealed(keys, context, base64.b64decode(vector["box"]))
        assert plain.decode() == vector["canonical"]


def test_python_hashes_payload_and_header_alike(engine: dict[str, Any]) -> None:
    for vector in engine["vectors"]:
        given = vector["header"]
        header = Header(
            op_id=UUID(given["op_id"]),
            device_id=UUID(engine["device"]),
            seq=given["seq"],
            kind=OperationKind(given["kind"]),
            errand_id=UUID(given["errand_id"]) if given["errand_id"] else None,
            revision_seen=given["revision_seen"],
            occurred_at=given["occurred_at"],
            offset_ms=given["offset_ms"],
            commitment=given["commitment"],
            files=tuple(given["files"]),
            previous=given["previous"],
        )
        assert header.hash() == vector["hash"]
        assert digest(vector["payload"]) == given["commitment"]


def test_python_believes_what_the_phone_signed(engine: dict[str, Any]) -> None:
    signed = engine["signed"]
    device, key = UUID(signed["device"]), load_key(signed["key"]["public_key"])
    assert key is not None
    posted = WireReader().header(signed["operation"], device)
    assert signed_text(key, posted.header.canonical(), posted.signature or b"")
    enrolled = enrolment_text(device, signed["key"]["public_key"], signed["key"]["signed_from_seq"])
    assert signed_text(key, enrolled, base64.b64decode(signed["key"]["signature"]))
    asked = sign_in_text(device, signed["sign_in"]["challenge"])
    assert signed_text(key, asked, base64.b64decode(signed["sign_in"]["signature"]))


def test_the_phone_writes_the_same_labels(engine: dict[str, Any]) -> None:
    assert [s10(serial) for serial, _ in engine["labels"]] == [label for _, label in engine["labels"]]
