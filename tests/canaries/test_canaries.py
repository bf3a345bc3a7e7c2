"""A leak that somebody plants on purpose is found, in every way in which a program speaks."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.models import CustodyEvidence
from app.rows import insert_all
from app.services.staff import passwords
from tests.canaries import PLANTED
from tests.canaries.ear import Ear, spoken
from tests.canaries.planted import Planted
from tests.factories.request import make_applicant, make_request

VALUE = "bí mật thử nghiệm 42"
LEAKS = {
    "a log line": "logging.getLogger('app.x').warning('told %s', SECRET)",
    "a logger that keeps to itself": (
        "log = logging.getLogger('elsewhere'); log.propagate = False; log.warning(SECRET); log.propagate = True"
    ),
    "an exception": (
        "try:\n        raise ValueError(SECRET)\n    except ValueError:\n        logging.getLogger('app.x').exception('failed')"
    ),
    "an extra": "logging.getLogger('app.x').warning('told', extra={'who': SECRET})",
    "standard error": "print(SECRET, file=sys.stderr)",
    "standard output": "print(SECRET)",
    "a program's file": (
        "path = Path(tempfile.mkdtemp()) / 'log'; path.touch(); follow('web', path); path.write_text(SECRET + chr(10))"
    ),
    "a program of its own": "subprocess.run([sys.executable, '-c', f'print({SECRET!r})'], check=True)",
}

IMPORTS = (
    "import logging, subprocess, sys, tempfile\nfrom pathlib import Path\nfrom tests.canaries import follow, plant"
)


def _test_of(name: str) -> str:
    return f"test_{re.sub('[^a-z]', '_', name)}"


@pytest.fixture
def planted() -> Planted:
    found = Planted()
    found.add(VALUE, "name")
    return found


def test_each_leak_fails_its_own_test_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "test_leaks.py").write_text(
        f"{IMPORTS}\n\nSECRET = plant({VALUE!r}, 'name')\n\n"
        "def test_quiet():\n    logging.getLogger('app').warning('x')\n\n"
        + "\n\n".join(f"def {_test_of(name)}():\n    {words}" for name, words in LEAKS.items())
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.canaries.plugin", "-p", "no:cacheprovider", "-c", "/dev/null",
         "--rootdir", str(tmp_path), "-q", str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), "PYTHONIOENCODING": "utf-8",
             "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip
    assert done.returncode == 1
    failed = set(re.findall(r"::(\w+) leaks:$", done.stdout, re.MULTILINE))
    assert failed == set(map(_test_of, LEAKS)), done.stdout + done.stderr
    said = re.findall(r"^  (.+) holds a name \(bí… \(20 characters\)\): (.*)$", done.stdout, re.MULTILINE)
    assert {source for source, _ in said} >= {"logger app.x", "logger elsewhere", "web"}
    assert VALUE not in done.stdout


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("phone", "gọi 0900000123 không được"),
        ("phone", "gọi +84 900 000 123 không được"),
        ("phone", "gọi 0900 000 123."),
        ("ID number", "số 079000000123"),
        ("name", "của Nguyễn Văn Thử"),
        ("name", "của Người Mẫu 0012"),
        ("bearer", "Authorization: Bearer abcdefgh1234"),
        ("our key", "tn_live_abcdefghijklmnopqrst"),
        ("webhook secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        ("signed token", "cookie eyJhbGciOiJIUzI1NiJ9.e30"),
        ("private key", "-----BEGIN EC PRIVATE KEY-----"),
        ("password in an address", "postgresql://who:secret@host/db"),
        ("one-time secret", "otpauth://totp/x?secret=ABC"),
        ("tracking token", "GET /theo-doi/ma-theo-doi-1"),
        ("tracking token", "GET /t/W8mWw0mQ4Zk"),
        ("code in an address", "GET /tro-lai?code=abcdef123"),
    ],
)
def test_a_form_is_found_whatever_its_value(kind: str, line: str) -> None:
    assert kind in {find.kind for find in Planted().search(line)}


@pytest.mark.parametrize(
    "line",
    [
        "parcel EA123456785VN was taken",
        "sms m-1 to •••123: 1 segment(s)",
        "job 0190f0aa-0000-7000-8000-012345678901 lost its worker",
        "GET /theo-doi/<token> 200 3ms",
        "in 0.9000001234 s at 2026-11-24T07:30:00.090000+00:00",
        "postgresql://who:***@host/db",
        "dossier H21.65-261201-0777",
    ],
)
def test_what_is_allowed_is_no_find(line: str) -> None:
    assert list(Planted().search(line)) == []


def test_a_code_is_found_only_where_it_stands_alone() -> None:
    planted = Planted()
    planted.add("482913", "sms code")
    assert [find.kind for find in planted.search("mã 482913.")] == ["sms code"]
    assert list(planted.search("TN-482913 after 0.482913 s, id 9482913")) == []


def test_values_that_begin_alike_are_each_found_wherever_they_stand() -> None:
    planted = Planted()
    for value in ("canary", "canary one", "canary two", "one canary"):
        planted.add(value, "name")
    assert {find.shown for find in planted.search("told a canary two\nand one canary")} == {
        f"{value[:2]}… ({len(value)} characters)" for value in ("canary", "canary two", "one canary")
    }


def test_a_find_shows_where_and_not_what(planted: Planted) -> None:
    (find,) = planted.search(f"first line\ntold {VALUE} so\nlast")
    assert find.line == "told ‹name› so"
    assert VALUE not in find.shown


def test_the_last_look_reads_a_program_from_its_beginning_even_when_its_file_is_gone(tmp_path: Path) -> None:
    ear, path = Ear(), tmp_path / "log"
    ear.follow("web", path)
    path.write_text("one\ntw")
    assert ear.take() == {"web": "one\n"}
    path.unlink()
    assert ear.take() == {}
    assert ear.take(everything=True) == {"web": "one\ntw\n"}
    ear.close()


def test_what_is_written_to_personal_columns_is_planted(session: Session) -> None:
    make_request(session, applicant=make_applicant(session, name="Bà Thí Dụ Cảnh Báo", phone="0900777666"))
    assert PLANTED.values["Bà Thí Dụ Cảnh Báo"] == "name"
    assert PLANTED.values["0900777666"] == "phone"


def test_what_is_written_many_rows_at_once_is_planted(session: Session) -> None:
    said = {"name": "Ông Thí Dụ Nhiều Dòng", "id_last4": "0123"}
    insert_all(session, [CustodyEvidence(commitment="d" * 64, kind="receiver", salt="s", payload=said)])
    assert PLANTED.values["Ông Thí Dụ Nhiều Dòng"] == "name"


def test_keys_and_passwords_are_planted() -> None:
    passwords.hash_password("mat khau canh bao")
    assert PLANTED.values["mat khau canh bao"] == "password"


def test_an_error_of_the_database_tells_no_value(session: Session, planted: Planted) -> None:
    applicant = make_applicant(session, name=VALUE)
    for statement in ("select cast(:value as integer)", "update applicant set kind = :value where id = :id"):
        with pytest.raises(DBAPIError) as caught, session.begin_nested():
            session.execute(text(statement), {"value": VALUE, "id": applicant.id})
        error = caught.value
        said = spoken(logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", None, (type(error), error, None)))
        assert list(planted.search(said)) == []
        assert error.orig is not None
        assert type(error.orig).__name__ in said
