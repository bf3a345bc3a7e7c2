"""What is given a session measures in straight lines: travel times may be a road server, and nobody waits for a server with a
transaction open. The road of a plan that asks one is watched in tests/app/worker/test_carry_out.py.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

from sqlalchemy.orm import Session

from app import services
from routing.problem import TravelTimes


def functions() -> Iterator[Callable[..., Any]]:
    for found in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        module = importlib.import_module(found.name)
        for _, one in inspect.getmembers(module, inspect.isfunction):
            if one.__module__ == module.__name__:
                yield one


def given(function: Callable[..., Any]) -> set[Any]:
    """The types of its arguments and of its answer, with what these are kinds of."""
    return {kind for hint in get_type_hints(function).values() for kind in getattr(hint, "__mro__", (hint,))}


def test_no_function_is_given_a_session_and_ways_that_may_be_roads() -> None:
    both = [f"{one.__module__}.{one.__name__}" for one in functions() if {Session, TravelTimes} <= given(one)]
    assert both == []


def test_the_functions_that_ask_the_ways_are_among_those_looked_at() -> None:
    asking = {one.__name__ for one in functions() if TravelTimes in given(one)}
    assert {"by_road", "price_days", "measure_onward"} <= asking
