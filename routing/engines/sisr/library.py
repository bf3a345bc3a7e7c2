"""The compiled library, loaded: importing this module fails with ``ImportError`` where there is none.

``hatch_build.py`` makes it of the C++ files beside this one; the structures and functions here are those of
``instance.h``, ``search.h`` and ``interface.cpp``.
"""

import ctypes
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

PATH = Path(__file__).with_name("libsisr.so")
VERSION = 2
"""Of the structures and functions: a library of another number is of other sources."""

_COUNTS = ("jobs", "vehicles", "kinds", "places", "dimensions", "breaks")
ARRAYS = (
    *("seconds", "metres", "prices"),
    *("place", "first_window", "windows", "delivery", "pickup", "prize", "weight", "release"),
    *("kind", "seconds_of", "prices_of", "start", "end", "shift", "fixed", "work_price", "limits", "capacity"),
    "trips",
    *("first_break", "break_service", "first_break_window", "break_windows", "break_load"),
    *("allowed", "setup", "service", "visit"),
)
"""In the order of ``struct sisr_problem``."""
PARAMETERS = (
    *("removed", "longest", "split", "hand_over", "blink"),
    *("hot", "cold", "hot_again"),
    *("starts", "starts_share", "serve_share", "first_share", "fleet_share", "fleet_attempt", "ripening"),
    "neighbours",
)
"""In the order of ``struct sisr_params``, by their names in ``SisrParams``."""

Spent = ctypes.CFUNCTYPE(ctypes.c_double)


class SisrProblem(ctypes.Structure):
    """``struct sisr_problem``."""

    _fields_: ClassVar[Sequence[Any]] = [
        *((name, ctypes.c_int32) for name in _COUNTS),
        *((name, ctypes.c_void_p) for name in ARRAYS),
    ]


class SisrParameters(ctypes.Structure):
    """``struct sisr_params``."""

    _fields_: ClassVar[Sequence[Any]] = [(name, ctypes.c_double) for name in PARAMETERS]


def load() -> ctypes.CDLL:
    """Load the library; ``ImportError`` where there is none, or one of other sources."""
    try:
        library = ctypes.CDLL(str(PATH))
    except OSError as error:
        raise ImportError(f"the compiled search is not there: {error}") from error
    if library.sisr_version() != VERSION:
        raise ImportError(f"{PATH} is of other sources: run `make setup`")
    engine, ints, longs = ctypes.c_void_p, ctypes.POINTER(ctypes.c_int32), ctypes.POINTER(ctypes.c_int64)
    whole, long = ctypes.c_int32, ctypes.c_int64
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "sisr_new": (engine, [ctypes.POINTER(SisrProblem)]),
        "sisr_delete": (None, [engine]),
        "sisr_search": (long, [engine, ctypes.POINTER(SisrParameters), ctypes.c_uint64, long, Spent, ints, ints]),
        "sisr_best": (None, [engine, ints, ints]),
        "sisr_value": (None, [engine, longs]),
        "sisr_judge": (long, [engine, whole, ints, whole]),
        "sisr_takes": (whole, [engine, whole, ints, whole, whole, whole, longs]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


LIBRARY = load()
