"""Every number that the search is steered by, in one frozen value: made once, handed down, changed by nobody behind the back.

The defaults are what was measured (docs/routing.md, "What was tried"). ``python -m routing solve`` takes other values
from TOML or one by one (``routing.params_reader``). They stand by what they steer in ``routing.day_params`` and
``routing.engine_params``. What is no choice of the search (units, limits of formats and of
input, the judge's own rules) is a constant of its module: ``tests/repository/test_search_params.py`` lists those.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from routing.day_params import (
    BalanceParams,
    ClusterParams,
    ExplainParams,
    FleetParams,
    OfficeParams,
    ProcessParams,
    ReplanParams,
    TimeParams,
)
from routing.engine_params import EngineParams, GroupParams, PerturbationParams, PhaseParams, PipelineParams, SisrParams


@dataclass(frozen=True, slots=True)
class SearchParams:
    """All parameters of the search, in groups by what they steer."""

    time: TimeParams = TimeParams()
    clusters: ClusterParams = ClusterParams()
    fleet: FleetParams = FleetParams()
    offices: OfficeParams = OfficeParams()
    balance: BalanceParams = BalanceParams()
    pipeline: PipelineParams = PipelineParams()
    engines: EngineParams = EngineParams()
    sisr: SisrParams = SisrParams()
    phases: PhaseParams = PhaseParams()
    groups: GroupParams = GroupParams()
    perturbation: PerturbationParams = PerturbationParams()
    explain: ExplainParams = ExplainParams()
    replan: ReplanParams = ReplanParams()
    processes: ProcessParams = ProcessParams()

    def named(self) -> Iterator[tuple[str, Any]]:
        """Yield every parameter with its value, as ``group.name``."""
        for group in fields(self):
            held = getattr(self, group.name)
            if is_dataclass(held):
                yield from ((f"{group.name}.{field.name}", getattr(held, field.name)) for field in fields(held))
