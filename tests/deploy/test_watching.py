"""Alert rules and the dashboard ask for what is counted, by the names and labels of the table in docs/watching.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import pytest
import yaml

from tests.repository.sources import ROOT

DEPLOY: Final = ROOT / "deploy"
OF_PROMETHEUS: Final = {"job", "instance", "le"}
SUFFIXES: Final = ("", "_bucket", "_count", "_sum")


@cache
def counted() -> dict[str, set[str]]:
    """Each metric's labels."""
    table = (ROOT / "docs/watching.md").read_text()
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `tannha_")]
    return {name: set(re.findall(r"`(\w+)`", row[2])) for row in rows for name in re.findall(r"`(\w+)`", row[1])}


@cache
def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((DEPLOY / "prometheus/rules.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


@cache
def panels() -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads((DEPLOY / "grafana/tannha.json").read_text())["panels"]
    return read


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in rules())
    yield from (target["expr"] for panel in panels() for target in panel["targets"])


def asked(expression: str) -> Iterator[tuple[str, set[str]]]:
    """A metric and the labels that it is chosen by."""
    for name, chosen in re.findall(r"\b(tannha_\w+)(?:\{([^}]*)\})?", expression):
        yield name, set(re.findall(r"(\w+)(?:=~|!~|!=|=)\"", chosen))


def test_every_metric_and_label_that_is_asked_for_is_counted() -> None:
    unknown = [
        (name, labels)
        for expression in expressions()
        for name, labels in asked(expression)
        if not any(
            name.removesuffix(suffix) in counted() and labels <= counted()[name.removesuffix(suffix)] | OF_PROMETHEUS
            for suffix in SUFFIXES
            if name.endswith(suffix)
        )
    ]
    assert counted()
    assert unknown == []


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_what_is_grouped_by_is_a_label_of_what_is_asked(expression: str) -> None:
    groups = {word.strip() for group in re.findall(r"\bby \(([^)]*)\)", expression) for word in group.split(",")}
    labels = {
        label
        for name, _ in asked(expression)
        for suffix in SUFFIXES
        for label in counted().get(name.removesuffix(suffix), ())
    }
    assert groups <= labels | OF_PROMETHEUS


def test_every_alert_says_what_is_wrong_who_must_see_it_and_what_to_do() -> None:
    for rule in rules():
        assert rule["labels"]["severity"] in {"page", "ticket"}, rule["alert"]
        assert set(rule["annotations"]) == {"summary", "way_out"}, rule["alert"]


def test_every_alert_is_played() -> None:
    """By `promtool test rules`."""
    tests = yaml.safe_load((DEPLOY / "prometheus/rules_test.yml").read_text())["tests"]
    played = {one["alertname"] for test in tests for one in test["alert_rule_test"] if "exp_alerts" in one}
    assert played == {rule["alert"] for rule in rules()}


def test_a_failed_planning_and_a_day_without_a_plan_wake_somebody() -> None:
    by_name = {rule["alert"]: rule for rule in rules()}
    assert by_name["TannhaDayWithoutPlan"]["labels"]["severity"] == "page"
    assert 'state="failed"' in by_name["TannhaPlanningFailed"]["expr"]


def test_panels_have_their_own_numbers_and_places() -> None:
    places = [
        (x, y)
        for panel in panels()
        for at in [panel["gridPos"]]
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(places) == len(set(places))
    assert max(x for x, _ in places) < 24
    assert len({panel["id"] for panel in panels()}) == len(panels())
