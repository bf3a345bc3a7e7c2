"""One page under the paths of several sides: written once, with each side's own access rule."""

from __future__ import annotations

from collections.abc import Callable
from inspect import unwrap
from typing import Any

import pytest
from flask import Flask

from app.domain.identity import Role
from app.web.auth import access_of
from tests.app.web.desks.conftest import Place

CLERKS = frozenset({Role.DESK_CLERK, Role.ADMIN})
AT_THE_COUNTER = frozenset({Role.COUNTER, Role.OFFICE_MANAGER, Role.ADMIN})
JUDGES = frozenset({Role.COORDINATOR, Role.OFFICE_MANAGER, Role.ADMIN})
OF_DESK_AND_COUNTER = (
    "confirm_action", "answer_page", "scan_told_action", "count_told_action", "deny_page", "deny_action",
    "hand_over_page", "hand_over_action", "bags_page", "close_bag_page", "close_bag_action", "bag_page",
    "open_bag_action", "bag_manifest", "parcel_slip", "labels_page", "waiting_page", "signing_page",
    "signing_state", "answer_code_action", "sign_action", "print_sheets_action", "print_label_action",
)  # fmt: skip
OF_COUNTER_AND_COORDINATION = ("incidents_page", "incident_page", "close_incident_action", "explain_stray_action")


def roles_at(app: Flask, endpoint: str) -> frozenset[Role]:
    with app.app_context():
        access = access_of(endpoint)
    assert access is not None, endpoint
    return access.roles


@pytest.mark.parametrize("page", OF_DESK_AND_COUNTER)
def test_a_page_of_both_sides_is_open_to_each_side_s_own_people(flask_app: Flask, page: str) -> None:
    assert roles_at(flask_app, f"desks.{page}") == CLERKS
    assert roles_at(flask_app, f"counter.{page}") == AT_THE_COUNTER


@pytest.mark.parametrize("page", OF_COUNTER_AND_COORDINATION)
def test_incidents_are_open_to_the_counter_and_to_coordination(flask_app: Flask, page: str) -> None:
    closing = page == "close_incident_action"
    assert roles_at(flask_app, f"counter.{page}") == (AT_THE_COUNTER - {Role.COUNTER} if closing else AT_THE_COUNTER)
    assert roles_at(flask_app, f"coordinators.{page}") == JUDGES


def test_no_path_of_desk_and_counter_has_its_page_written_twice(flask_app: Flask) -> None:
    def pages(prefix: str) -> dict[tuple[str, bool], Callable[..., Any]]:
        return {
            (rule.rule.removeprefix(prefix), "POST" in (rule.methods or ())): flask_app.view_functions[rule.endpoint]
            for rule in flask_app.url_map.iter_rules()
            if rule.rule.startswith(prefix)
        }

    desk, counter = pages("/mot-cua"), pages("/buu-cuc")
    own = {("/", False)}  # the day of each side is a page of its own
    shared = desk.keys() & counter.keys() - own
    assert len(shared) >= len(OF_DESK_AND_COUNTER)
    assert [path for path in shared if unwrap(desk[path]) is not unwrap(counter[path])] == []


def test_a_page_of_both_sides_stays_on_the_side_from_which_it_was_opened(at_desk: Place) -> None:
    page = at_desk.client.get("/mot-cua/tui/")
    assert 'href="/mot-cua/tui/moi"' in page.text
    assert "/buu-cuc/" not in page.text
    assert at_desk.client.get("/buu-cuc/tui/").status_code == 403
