"""A model as the arrays that the compiled search reads, and its answers as routes again."""

import ctypes
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from routing.engine_params import SisrParams
from routing.engines.sisr.library import ARRAYS, LIBRARY, PARAMETERS, SisrParameters, SisrProblem, Spent
from routing.model import HOUR_KM, Model, load_at
from routing.problem import UNREACHABLE, Ints, Window
from routing.timing import breaks_of
from routing.tours import Tours

Array = NDArray[Any]
NEVER = 2**50
"""``NEVER`` of ``instance.h``: no limit, no release."""
NO_WAY = 2**30
"""``NO_WAY`` of ``instance.h``: longer than any ride, dearer than any way."""
MOST_BREAKS = 4
"""``MOST_BREAKS`` of ``instance.h``."""


def knows(model: Model) -> bool:
    """Say whether the compiled search knows every rule of a problem: it counts up to four breaks in a shift."""
    return all(len(vehicle.breaks) <= MOST_BREAKS for vehicle in model.vehicles)


class SisrInstance:
    """A model handed over: use as a context manager, the library holds on to the arrays until the end.

    ``countable``: whether all fits into the library's 32 bits; it is not handed over otherwise.
    ``unit``: what the library counts money in, in đồng / ``HOUR_KM``. It divides every price wherever the dearest way is
    then small enough, so that routes are priced exactly.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.kinds = sorted(set(model.kinds))
        self.arrays: dict[str, Array] = {}
        self.countable = True
        self._places()
        self._jobs()
        self._vehicles()
        self._breaks()
        self._pairs()
        self.unit = self._unit()
        self._money()
        counts = (len(model.jobs), len(model.vehicles), len(self.kinds), len(model.places), model.dimensions)
        pointers = (self.arrays[name].ctypes.data for name in ARRAYS)
        problem = SisrProblem(*counts, len(self.arrays["break_service"]), *pointers)
        self.engine = ctypes.c_void_p(LIBRARY.sisr_new(ctypes.byref(problem)) if self.countable else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        LIBRARY.sisr_delete(self.engine)

    def _keep(self, dtype: type[np.generic], /, **arrays: Iterable[Any] | Array) -> None:
        for name, values in arrays.items():
            given = np.asarray(values if isinstance(values, np.ndarray) else list(values), dtype=np.int64)
            self.countable &= dtype is np.int64 or int(given.max(initial=0)) <= NO_WAY
            self.arrays[name] = np.ascontiguousarray(given, dtype=dtype)

    def _places(self) -> None:
        """Matrices, each kind of travel and of price once."""
        model = self.model
        travels = {id(model.travel[kind]): model.travel[kind] for kind in self.kinds}
        prices = {id(model.prices[kind]): model.prices[kind] for kind in self.kinds}
        seconds = np.array([travel.seconds for travel in travels.values()], dtype=np.int64)
        order, order_of_prices = list(travels), list(prices)
        travel_of = {id(model.prices[kind]): order.index(id(model.travel[kind])) for kind in self.kinds}
        self.prices = np.array(list(prices.values()), dtype=np.int64)
        self.far = np.array([seconds[travel_of[key]] >= UNREACHABLE for key in order_of_prices])
        self._keep(
            np.int32,
            seconds=np.where(seconds >= UNREACHABLE, NO_WAY, np.where(seconds >= NO_WAY, UNREACHABLE, seconds)),
            metres=np.where(seconds >= UNREACHABLE, 0, [travel.metres for travel in travels.values()]),
            seconds_of=[order.index(id(model.travel[kind])) for kind in self.kinds],
            prices_of=[order_of_prices.index(id(model.prices[kind])) for kind in self.kinds],
        )

    def _jobs(self) -> None:
        model, width = self.model, range(self.model.dimensions)
        firsts, windows = _flat(job.windows for job in model.jobs)
        self._keep(
            np.int32,
            place=model.at,
            first_window=firsts,
            delivery=[load_at(job.delivery, d) for job in model.jobs for d in width],
            pickup=[load_at(job.pickup, d) for job in model.jobs for d in width],
            weight=[job.priority + 1 for job in model.jobs],
        )
        loads = (self.arrays[name].sum(dtype=np.int64) for name in ("delivery", "pickup"))
        self.countable &= all(total <= NO_WAY for total in loads)
        releases = [job.release if any(job.delivery) else None for job in model.jobs]
        self._keep(np.int64, windows=windows, release=[-NEVER if early is None else early for early in releases])

    def _vehicles(self) -> None:
        model = self.model
        vehicles = [model.vehicles[kind] for kind in self.kinds]
        numbers = {kind: number for number, kind in enumerate(self.kinds)}
        bounds = [(v.max_tasks, v.max_travel_time, v.max_distance, v.max_duration) for v in vehicles]
        self._keep(
            np.int32,
            kind=[numbers[kind] for kind in model.kinds],
            start=[model.start_at[kind] for kind in self.kinds],
            end=[model.end_at[kind] for kind in self.kinds],
            capacity=[load_at(vehicle.capacity, d) for vehicle in vehicles for d in range(model.dimensions)],
        )
        self._keep(
            np.int64,
            shift=[vehicle.window for vehicle in vehicles],
            trips=[number for vehicle in vehicles for number in (vehicle.max_trips, vehicle.reload)],
            limits=[NEVER if bound is None else bound for bounds_of in bounds for bound in bounds_of],
        )

    def _breaks(self) -> None:
        by_kind = [breaks_of(self.model, kind) for kind in self.kinds]
        rests = [rest for breaks in by_kind for rest in breaks]
        firsts, windows = _flat(rest.windows for rest in rests)
        loads = [rest.max_load or () for rest in rests]
        most = [load[d] if d < len(load) else -1 for load in loads for d in range(self.model.dimensions)]
        first_break = np.concatenate(([0], np.cumsum([len(breaks) for breaks in by_kind], dtype=np.int64)))
        self._keep(np.int32, first_break=first_break, first_break_window=firsts, break_load=most)
        self._keep(np.int64, break_service=[rest.service for rest in rests], break_windows=windows)

    def _pairs(self) -> None:
        """What a kind of vehicle and a job make together."""
        model, every = self.model, range(len(self.model.jobs))
        self._keep(np.uint8, allowed=[j in model.allowed[kind] for kind in self.kinds for j in every])
        work = np.array([model.task(kind, j, -1) for kind in self.kinds for j in every], dtype=np.int64).reshape(-1, 2)
        self._keep(np.int32, setup=work[:, 0], service=work[:, 1])
        rates = [model.vehicles[kind].per_task_hour * 1000 for kind in self.kinds]
        beside = [model.visit_price(kind, j) * HOUR_KM for kind in self.kinds for j in every]
        self._keep(np.int64, work_price=rates, visit=np.repeat(rates, len(model.jobs)) * work[:, 1] + beside)

    def _unit(self) -> int:
        """Return the largest unit that divides all money, or a larger one where ways would be too dear to count."""
        model = self.model
        fixed = [model.vehicles[kind].fixed * HOUR_KM for kind in self.kinds]
        prizes = [-1 if job.prize is None else job.prize * HOUR_KM for job in model.jobs]
        self._keep(np.int64, fixed=fixed, prize=prizes)
        ways = np.where(self.far, 0, self.prices)
        sums: list[Array] = [
            ways,
            *(self.arrays[name] for name in ("fixed", "work_price", "visit")),
            np.array([p for p in prizes if p > 0], dtype=np.int64),
        ]
        common = int(np.gcd.reduce([int(np.gcd.reduce(amounts.ravel())) for amounts in sums if amounts.size]))
        return max(1, common, -(-2 * int(ways.max(initial=0)) // NO_WAY))

    def _money(self) -> None:
        self._keep(np.int32, prices=np.where(self.far, NO_WAY, _rounded(self.prices, self.unit)))
        for name in ("fixed", "work_price", "visit"):
            self._keep(np.int64, **{name: _rounded(self.arrays[name], self.unit)})
        prizes = self.arrays["prize"]
        self._keep(np.int64, prize=np.where(prizes < 0, -1, _rounded(prizes, self.unit)))

    def search(self, params: SisrParams, seed: int, iterations: int, spent: Any, start: Tours) -> int:
        """Search by iterations, or (where there are 0) until ``spent`` says 1; return the iterations done."""
        lengths = np.array([len(start.get(v, ())) for v in range(len(self.model.vehicles))], dtype=np.int32)
        jobs = np.array([j for v in range(len(lengths)) for j in start.get(v, ())], dtype=np.int32)
        told = SisrParameters(*(float(getattr(params, name)) for name in PARAMETERS))
        done: int = LIBRARY.sisr_search(
            self.engine, ctypes.byref(told), seed, iterations, Spent(spent), _ints(lengths), _ints(jobs)
        )
        return done

    def best(self) -> dict[int, list[int]]:
        """Return the best routes found so far."""
        lengths = np.zeros(len(self.model.vehicles), dtype=np.int32)
        jobs = np.zeros(max(1, len(self.model.jobs)), dtype=np.int32)
        LIBRARY.sisr_best(self.engine, _ints(lengths), _ints(jobs))
        tours = np.split(jobs[: lengths.sum()], np.cumsum(lengths)[:-1])
        return {v: tour.tolist() for v, tour in enumerate(tours) if len(tour)}

    def value(self) -> tuple[int, int]:
        """Return the weight left out and the money (in ``unit``) of the best routes so far."""
        value = (ctypes.c_int64 * 2)()
        LIBRARY.sisr_value(self.engine, value)
        return value[0], value[1]

    def judged(self, v: int, tour: Sequence[int]) -> int | None:
        """Return what a route costs in ``unit``, or ``None`` where it breaks a rule: the library's own opinion."""
        jobs = np.array(tour, dtype=np.int32)
        price: int = LIBRARY.sisr_judge(self.engine, v, _ints(jobs), len(tour))
        return None if price < 0 else price

    def taken(self, v: int, tour: Sequence[int], j: int, after: int) -> int | None:
        """Return what a route costs more with one more job after so many of it, or ``None``; judged by its states."""
        jobs, growth = np.array(tour, dtype=np.int32), ctypes.c_int64()
        fine = LIBRARY.sisr_takes(self.engine, v, _ints(jobs), len(tour), j, after, ctypes.byref(growth))
        return growth.value if fine else None


def _ints(array: Array) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))


def _flat(windows: Iterable[Sequence[Window]]) -> tuple[list[int], list[int]]:
    """Return where the windows of each begin, and all of them in a row."""
    firsts, flat = [0], []
    for some in windows:
        flat += [bound for window in some for bound in window]
        firsts.append(len(flat) // 2)
    return firsts, flat


def _rounded(money: Ints, unit: int) -> Ints:
    return (money + unit // 2) // unit
