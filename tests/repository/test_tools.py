"""The tools for who works here do what their sentences say."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("plugin", ["schemathesis", "anyio"])
def test_no_run_waits_for_a_plugin_that_no_test_needs(pytestconfig: pytest.Config, plugin: str) -> None:
    assert not pytestconfig.pluginmanager.hasplugin(plugin)
