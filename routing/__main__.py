"""``python -m routing solve IN.json -o OUT.json``: VROOM's JSON in and out, exit codes as VROOM's."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn

from routing import solve
from routing.decode import decode
from routing.engines.pipeline import NAMES
from routing.evaluate import evaluate, evaluate_planned, to_plan
from routing.explain import explain
from routing.fingerprint import problem_hash
from routing.params_reader import from_toml, with_settings
from routing.problem import Problem
from routing.reader import printable
from routing.search_params import SearchParams
from routing.validate import Invalid, validate
from routing.vroom_json import plan_from_json, plan_to_json, problem_from_json

MOST_FAULTS = 20
"""Faults named in one error."""


class Exit(IntEnum):
    """VROOM's exit codes."""

    OK = 0
    INTERNAL = 1
    INPUT = 2
    ROUTING = 3


class InputError(ValueError):
    """What was given cannot be used; the message says what and why."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; {self.format_usage().strip()}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    output: str | None = None
    try:
        options = _options(arguments)
        output = options.output
        params = _params(options)
        _write(output, _check(options, params) if options.check is not None else _solve(options, params))
    except (InputError, Invalid) as error:
        return _fail(output, Exit.INPUT, _sentence(error))
    except BrokenPipeError:  # nobody reads any more: nothing is left to tell, nor to flush at the exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.INTERNAL
    except ConnectionError as error:  # travel times that come over the network
        return _fail(output, Exit.ROUTING, str(error))
    except KeyboardInterrupt:
        return _fail(output, Exit.INTERNAL, "interrupted")
    except Exception as error:  # noqa: BLE001  the format asks for a code and a sentence, never a traceback
        return _fail(output, Exit.INTERNAL, f"{type(error).__name__}: {error}")
    return Exit.OK


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _Parser(prog="python -m routing", description=__doc__)
    parser.add_argument("command", choices=["solve"])
    parser.add_argument("input", help="the problem as VROOM's JSON, - for standard input")
    parser.add_argument("-o", "--output", help="where the plan goes (default: standard output)")
    parser.add_argument(
        "--seconds", type=float, help="CPU seconds of search, over all processes (default: by the number of jobs)"
    )
    parser.add_argument("--deadline", type=float, help="wall seconds until the answer (default: 8 x --seconds)")
    parser.add_argument("--iterations", type=int, help="stop by iterations instead: the same plan, byte for byte")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine", choices=NAMES, default="auto")
    parser.add_argument("--assignment", choices=["home", "free"], help="instead of the document's own")
    parser.add_argument(
        "--check",
        nargs="?",
        const="",
        metavar="PLAN.json",
        help="judge this plan (without a file: the steps of the vehicles) instead of making one",
    )
    parser.add_argument("--params", metavar="FILE.toml", help="parameters of the search (docs/search-parameters.md)")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="one parameter, such as phases.first=0.3; wins over --params",
    )
    options = parser.parse_args(arguments)
    if options.seconds is not None and not 0 < options.seconds <= 86_400:  # noqa: PLR2004  a day
        raise InputError("--seconds must be above 0 and at most 86400")
    if options.deadline is not None and not 0 < options.deadline <= 86_400:  # noqa: PLR2004  a day
        raise InputError("--deadline must be above 0 and at most 86400")
    if options.iterations is not None and options.iterations < 1:
        raise InputError("--iterations must be at least 1")
    if not 0 <= options.seed < 2**31:
        raise InputError(f"--seed must be from 0 to {2**31 - 1}")
    return options


def _sentence(error: InputError | Invalid) -> str:
    if isinstance(error, InputError):
        return str(error)
    named = [f"{fault.path}: {fault.message}" for fault in error.faults[:MOST_FAULTS]]
    more = len(error.faults) - len(named)
    return "; ".join([*named, *([f"and {more} more"] if more else [])])


def _read(path: str) -> Any:
    try:
        return decode(sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: {error}") from None


def _params(options: argparse.Namespace) -> SearchParams:
    """Return the parameters of the file, if there is one, with the single settings on top."""
    where, params = options.params, SearchParams()
    try:
        if where is not None:
            params = from_toml(Path(where).read_bytes().decode("utf-8-sig"))
        where = "--set"
        return with_settings(params, options.set)
    except (OSError, ValueError) as error:
        raise InputError(f"{where}: {error}") from None


def _problem(options: argparse.Namespace) -> Problem:
    problem = problem_from_json(_read(options.input))
    if options.assignment is not None:
        problem = replace(problem, assignment=options.assignment)
    if faults := validate(problem):
        raise Invalid(faults)
    return problem


def _solve(options: argparse.Namespace, params: SearchParams) -> dict[str, Any]:
    begun = time.monotonic()
    problem = _problem(options)
    loaded = time.monotonic()
    plan = solve(
        problem,
        seconds=options.seconds,
        iterations=options.iterations,
        seed=options.seed,
        engine=options.engine,
        deadline=options.deadline,
        params=params,
    )
    if options.iterations is not None:
        return plan_to_json(plan, problem)
    starting = plan.searched.startup_s if plan.searched is not None else 0.0
    solving = time.monotonic() - loaded - starting
    times = {"loading": loaded - begun, "starting": starting, "solving": solving, "routing": 0.0}
    return plan_to_json(plan, problem, {name: round(seconds * 1000) for name, seconds in times.items()})


def _check(options: argparse.Namespace, params: SearchParams) -> dict[str, Any]:
    problem = _problem(options)
    if options.check:
        plan, complete = plan_from_json(_read(options.check))
        judged = evaluate(problem, plan)
        if not complete:
            judged = replace(judged, violations=tuple(f for f in judged.violations if f.cause != "unexplained"))
    else:
        judged = evaluate_planned(problem)
    left = explain(problem, judged.sequences, judged.unserved, params=params.explain)
    judged_plan = to_plan(judged, left, engine="check", seed=options.seed, problem_hash=problem_hash(problem))
    return plan_to_json(judged_plan, problem)


def _write(output: str | None, document: dict[str, Any]) -> None:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
    if output is None or output == "-":
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # JSON is UTF-8, whatever the locale
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        Path(output).write_bytes(text.encode())
    except (OSError, ValueError) as error:
        raise InputError(f"{output}: {error}") from None


def _fail(output: str | None, code: Exit, message: str) -> int:
    message = printable(message)
    document = {"code": int(code), "error": message}
    sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a program's own stream is a text stream
    sys.stderr.write(f"{message}\n")
    try:
        _write(output, document)
    except InputError:
        _write(None, document)
    return code


if __name__ == "__main__":
    sys.exit(main())
