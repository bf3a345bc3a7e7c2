"""Nothing is promised without somebody who keeps it: views, jobs, codes, sentences."""

from __future__ import annotations

import ast
import re

import pytest
from flask import Flask

from app.config import Settings
from app.domain.outcome import DONE
from app.factory import create_app
from app.jobs import QUEUES
from app.services.reference.catalogue import read_outcomes
from app.texts import SENTENCES
from app.web.auth import access_of
from app.web.csrf import csrf
from app.worker.run import AT_ONCE
from app.worker.tasks import TASKS
from tests.fakes.no_database import NoDatabase
from tests.repository.sources import name, parsed_if, written

PROGRAMS = {"partner", "phone", "phone_upload", "phone_sign_in", "signed"}  # no cookie that a page could ride on
CHANGES = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    settings = Settings(environment="test", var=tmp_path_factory.mktemp("var"))
    return create_app(settings, database=NoDatabase())


def test_every_view_says_who_may_open_it(web: Flask) -> None:
    with web.app_context():
        open_to_anybody = [endpoint for endpoint in web.view_functions if access_of(endpoint) is None]
    assert open_to_anybody == []


def test_every_change_needs_a_token_or_a_program_s_key(web: Flask) -> None:
    assert web.config.get("WTF_CSRF_ENABLED", True)
    with web.app_context():
        for rule in web.url_map.iter_rules():
            if not CHANGES & (rule.methods or set()):
                continue
            access = access_of(rule.endpoint)
            assert access is not None
            assert not _exempt(web, rule.endpoint) or access.audience in PROGRAMS, rule.rule


def _exempt(web: Flask, endpoint: str) -> bool:
    view = web.view_functions[endpoint]
    blueprint = web.blueprints.get(endpoint.rpartition(".")[0])
    return f"{view.__module__}.{view.__name__}" in csrf._exempt_views or blueprint in csrf._exempt_blueprints


def test_no_link_follows_the_host_header() -> None:
    """`app.web.addresses.public_url` is the one place that makes a whole address: from `TANNHA_BASE_URL`."""
    told_by_a_stranger = re.compile(
        r"_external\s*=\s*True|request\.(host|host_url|root_url|url_root|base_url|url)\b|HTTP_HOST|HTTP_X_FORWARDED"
        r"|headers(\.get\(|\[)\s*[\"'](Host|X-Forwarded-|Forwarded)"
    )
    followed = [
        f"{name(path)}: {line.strip()}"
        for path in written(".py", ".html", under="app")
        if name(path) != "app/web/addresses.py"
        for line in path.read_text().splitlines()
        if told_by_a_stranger.search(line)
    ]
    assert followed == []


def test_every_audience_has_a_room(web: Flask) -> None:
    rules = {rule.rule for rule in web.url_map.iter_rules()}
    for room in (
        "/",
        "/buu-ta/",
        "/dieu-phoi/",
        "/mot-cua/",
        "/dang-nhap",
        "/api/v1/openapi.json",
        "/healthz",
        "/metrics",
    ):
        assert room in rules


def test_every_job_has_a_handler_and_a_worker() -> None:
    assert QUEUES.keys() == TASKS.keys()
    assert set(QUEUES.values()) <= AT_ONCE.keys()


def test_every_promised_job_is_a_known_one() -> None:
    promised = {
        (name(path), node.args[1].value)
        for path, tree in parsed_if(r"\bdefer\(", under="app")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "defer"
        and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
    }
    assert promised
    assert {task for _, task in promised} <= QUEUES.keys()


def test_every_outcome_says_what_it_means_and_who_acts_next() -> None:
    outcomes = read_outcomes(None)
    for outcome in outcomes:
        assert outcome.label
        assert outcome.citizen_text
        assert outcome.next_actor or outcome.code in {DONE, "CANCELLED"}  # after these nobody has to act
    assert DONE in {outcome.code for outcome in outcomes}


def test_every_refusal_has_a_sentence_with_the_places_it_fills() -> None:
    missing = [(where, code) for where, code in _refusals() if code not in SENTENCES]
    assert missing == []


def test_every_sentence_belongs_to_a_refusal_or_a_reason() -> None:
    """A sentence that nobody says is a rule that nobody holds."""
    sources = "\n".join(path.read_text() for path in written(".py", ".html", under="app") if "texts" not in path.parts)
    words = set(re.findall(r"\w+", sources))
    stems = tuple(re.findall(r'f"(\w{3,})\{', sources))  # of codes with a computed part, such as `unserved_window`
    unsaid = [code for code in SENTENCES if code not in words and not code.startswith(stems)]
    assert unsaid == []


def _refusals() -> list[tuple[str, str]]:
    return [
        (f"{name(path)}:{node.lineno}", str(node.args[0].value))
        for path, tree in parsed_if(r"\bDomainError\(", under="app")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "DomainError"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]
