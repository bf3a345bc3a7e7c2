"""Where an engine is not there (no compiler was at hand, no extras are installed), its own tests have nothing to look at.

`make matrix` runs what is left in such environments, and fails where one lacks an engine that it should have.
"""

from importlib.util import find_spec

import pytest

from routing.engines import pipeline

NEED = {
    "sisr": ["test_sisr.py"],
    "pyvrp": ["test_aggregation.py", "test_perturbation.py", "test_polish.py"],
}
"""Modules by the engine that they are about; those of the bench need every engine, which it compares."""
EVERY = ["test_bench.py", "test_bench_days.py", "test_bench_table.py"]


def there(name: str) -> bool:
    """Say whether an engine can be asked."""
    return pipeline.available(name) and (name == "sisr" or find_spec(name) is not None)


collect_ignore = [module for name, modules in NEED.items() if not there(name) for module in modules]
collect_ignore += [] if all(there(name) for name in ("sisr", "pyvrp", "vroom")) else EVERY


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark."""
    config.addinivalue_line("markers", "engines(*names): about these engines; not collected where one is not there")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about engines that are not there."""
    asked = {item: [name for mark in item.iter_markers("engines") for name in mark.args] for item in items}
    absent = [item for item, names in asked.items() if not all(there(name) for name in names)]
    if absent:
        config.hook.pytest_deselected(items=absent)
        items[:] = [item for item in items if item not in absent]
