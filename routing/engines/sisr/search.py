"""The engine ``sisr``: the compiled search under a limit."""

from routing.engines.interface import Limit
from routing.engines.sisr.instance import SisrInstance, knows
from routing.model import Model
from routing.search_params import SearchParams
from routing.tours import Tours


def solve(model: Model, limit: Limit, seed: int, start: Tours, params: SearchParams) -> Tours | None:
    """Search from ``start`` until the limit; ``None`` where the compiled search does not know a rule."""
    if not model.jobs or not model.vehicles or not knows(model):
        return None
    whole, clock = limit.left(), _PartSpent(limit)
    with SisrInstance(model) as instance:
        given = 0 if limit.iterations is None else max(1, limit.iterations * params.sisr.iterations)
        clock.whole = whole
        instance.search(params.sisr, seed, given, clock, start)
        if clock.failed is not None:
            raise clock.failed
        return instance.best()


class _PartSpent:
    """Which part of the limit is spent; whatever goes wrong in asking ends the search, and is raised after it."""

    def __init__(self, limit: Limit) -> None:
        self.limit, self.whole = limit, limit.left()
        self.failed: BaseException | None = None

    def __call__(self) -> float:
        try:
            return 1.0 - self.limit.left() / self.whole if self.whole > 0 else 1.0
        except BaseException as error:  # noqa: BLE001  C knows no exceptions
            self.failed = error
            return 1.0
