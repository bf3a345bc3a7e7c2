"""Parameters of the search from outside: a TOML file, or one by one as ``phases.first=0.3``; every mistake is named.

TOML: a table for each group of ``SearchParams``, ``[phases]`` and then ``first = 0.3``; what is not named keeps its default.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any, get_args, get_origin, get_type_hints

from routing.param_ranges import OutOfRange
from routing.search_params import SearchParams


class ParamsError(ValueError):
    """A parameter that cannot be read; the message names it and says the way out."""


def from_toml(text: str, params: SearchParams = SearchParams()) -> SearchParams:
    """Return ``params`` with the values of a TOML document; raise ``ParamsError`` at its first mistake."""
    document = _decoded(text)
    values: dict[str, Any] = {}
    for group, held in document.items():
        if not isinstance(held, dict):
            raise ParamsError(_unknown(group, params))
        values |= {f"{group}.{name}": value for name, value in held.items()}
    return _with(params, values)


def with_settings(params: SearchParams, settings: Iterable[str]) -> SearchParams:
    """Return ``params`` with settings ``group.name=value`` (a value as in TOML); raise ``ParamsError`` at the first mistake."""
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise ParamsError(f"{setting}: give group.name=value, such as phases.first=0.3")
        decoded = _decoded(f"value = {text}", name.strip())
        if decoded.keys() != {"value"}:
            raise ParamsError(f"{name.strip()}: give one value")
        params = _with(params, {name.strip(): decoded["value"]})
    return params


def _decoded(text: str, name: str = "") -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParamsError(f"{name}: is no value of TOML" if name else f"is no TOML: {error}") from None


def _with(params: SearchParams, values: Mapping[str, Any]) -> SearchParams:
    known = dict(params.named())
    changed: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        if name not in known:
            raise ParamsError(_unknown(name, params))
        group, _, field = name.partition(".")
        hint = get_type_hints(type(getattr(params, group)))[field]
        changed.setdefault(group, {})[field] = _read(name, hint, value)
    groups = {group: _replaced(group, getattr(params, group), given) for group, given in changed.items()}
    return replace(params, **groups)


def _replaced(group: str, held: Any, given: Mapping[str, Any]) -> Any:
    try:
        return replace(held, **given)
    except OutOfRange as error:
        raise ParamsError(f"{group}.{error}") from None


def _read(name: str, hint: Any, value: Any) -> Any:
    """Return a value as the type of its field wants it."""
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise ParamsError(f"{name}: must be an array such as [150, 110, 200], not {value!r}")
        return tuple(_read(name, get_args(hint)[0], one) for one in value)
    if isinstance(value, bool) or not isinstance(value, int if hint is int else int | float):
        raise ParamsError(f"{name}: must be a {'whole ' if hint is int else ''}number, not {value!r}")
    return hint(value)


def _unknown(name: str, params: SearchParams) -> str:
    known = dict(params.named())
    if name in {group.name for group in fields(params)}:
        return f"{name}: is a group of parameters: give {name}.{_first_of(name, known)} and the like"
    close = get_close_matches(name, known, 1)
    hint = f": did you mean {close[0]}?" if close else ": docs/search-parameters.md lists them all"
    return f"{name}: there is no such parameter{hint}"


def _first_of(group: str, known: Iterable[str]) -> str:
    return next(name.partition(".")[2] for name in known if name.startswith(f"{group}."))
