"""The engine ``sisr``: the compiled search under a limit."""

from collections.abc import Callable

from routing.engines.interface import Limit
from routing.engines.sisr.instance import NEVER, SisrInstance, knows
from routing.model import Model
from routing.search_params import SearchParams
from routing.tours import Tours

Found = Callable[[Tours], None]


def solve(
    model: Model, limit: Limit, seed: int, start: Tours, params: SearchParams, found: Found | None = None
) -> Tours | None:
    """Search from ``start`` until the limit; ``None`` where the compiled search does not know a rule.

    ``found`` is told of better routes on the way, now and then.
    """
    if not model.jobs or not model.vehicles or not knows(model):
        return None
    with SisrInstance(model) as instance:
        if not instance.countable:
            return None
        watch = _Watch(instance, limit, params.sisr.told, found)
        given = 0 if limit.iterations is None else max(1, limit.iterations * params.sisr.iterations)
        limit.work.iterations += instance.search(params.sisr, seed, given, watch, start)
        if watch.failed is not None:
            raise watch.failed
        return instance.best()


class _Watch:
    """Asked every millisecond which part of the limit is spent; whatever goes wrong ends the search, and is raised after it."""

    def __init__(self, instance: SisrInstance, limit: Limit, every: float, found: Found | None) -> None:
        self.instance, self.limit, self.every, self.found = instance, limit, every, found
        self.whole = limit.left()
        self.told_at, self.told = self.whole, (NEVER, NEVER)
        self.failed: BaseException | None = None

    def __call__(self) -> float:
        try:
            return self.spent()
        except BaseException as error:  # noqa: BLE001  C knows no exceptions
            self.failed = error
            return 1.0

    def spent(self) -> float:
        left = self.limit.left()
        if self.found is not None and (self.limit.iterations is not None or self.told_at - left >= self.every):
            self.told_at, value = left, self.instance.value()
            if value < self.told:  # another start begins far from the best
                self.told = value
                self.found(self.instance.best())
        return 1.0 - left / self.whole if self.whole > 0 else 1.0
