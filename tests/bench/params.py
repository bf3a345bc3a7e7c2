"""`python -m tests.bench.params`: the table of the parameters of the search, into `docs/search-parameters.md` between two marks."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from routing import day_params, engine_params
from routing.param_ranges import limits
from routing.search_params import SearchParams

DOCUMENT = Path(__file__).parents[2] / "docs" / "search-parameters.md"
BEGIN, END = "<!-- params: begin -->", "<!-- params: end -->"


def main() -> None:
    page = DOCUMENT.read_text()
    before, _, rest = page.partition(BEGIN)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}")


def table() -> str:
    """Return all parameters in Markdown: a row each, with default, unit, range and what it is for."""
    return "\n".join(
        ["| parameter | default | unit | from … to | what for |", "| --- | --- | --- | --- | --- |", *_rows()]
    )


def _rows() -> Iterator[str]:
    reasons = _reasons()
    for name, value in SearchParams().named():
        group, _, field = name.partition(".")
        kind: Any = type(getattr(SearchParams(), group))
        unit, least, most = limits(kind)[field]
        why = reasons[kind.__name__, field].replace("``", "`").replace("|", "\\|")
        yield f"| `{name}` | {_written(value)} | {unit} | {least:,} … {most:,} | {why} |"


def _written(value: object) -> str:
    """Return a value as TOML takes it, short of the last digits of a fraction."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _reasons() -> dict[tuple[str, str], str]:
    """Return the sentences below the fields, by class and field."""
    homes = (ast.parse(inspect.getsource(home)).body for home in (day_params, engine_params))
    classes = (node for body in homes for node in body if isinstance(node, ast.ClassDef))
    return {
        (group.name, field.target.id): said.value.value
        for group in classes
        for field, said in zip(group.body, group.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(said, ast.Expr)
        and isinstance(said.value, ast.Constant)
        and isinstance(said.value.value, str)
    }


if __name__ == "__main__":
    main()
