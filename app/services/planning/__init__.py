"""Plan a day: ask, load, save, publish, change it by hand, compare.

The road of a plan: `ask_for_plan` (a row and a job) → `load_problem` in a short transaction → `by_road` and `routing.solve`
(in child processes) with no session open → `other_days` in a short transaction → `measure` with no session open →
`save_plan` in one transaction, fenced → `publish`.

A function that is given a session measures in straight lines (`Geodesic`) or not at all: `TravelTimes` may be a road server,
and nothing waits for a server with a transaction open.
"""

from app.services.planning.acting import Proposal, act_on_draft, propose
from app.services.planning.asking import ask_for_plan, fail, report_progress, start
from app.services.planning.begin import from_home
from app.services.planning.broken_data import without_broken
from app.services.planning.comparing import Figures, Saving, compare, free_saves
from app.services.planning.judging import Broken, violations_of
from app.services.planning.loading import LoadedProblem, load_problem
from app.services.planning.margins import with_margins
from app.services.planning.other_day import other_days
from app.services.planning.publishing import publish
from app.services.planning.roads import Roads, by_road
from app.services.planning.saving import MeasuredPlan, measure, save_plan, unserved_of
from app.services.planning.today import DayChange, StillOut, hand_on, insert_today
from app.services.planning.undoing import undo

__all__ = [
    "Broken",
    "DayChange",
    "Figures",
    "LoadedProblem",
    "MeasuredPlan",
    "Proposal",
    "Roads",
    "Saving",
    "StillOut",
    "act_on_draft",
    "ask_for_plan",
    "by_road",
    "compare",
    "fail",
    "free_saves",
    "from_home",
    "hand_on",
    "insert_today",
    "load_problem",
    "measure",
    "other_days",
    "propose",
    "publish",
    "report_progress",
    "save_plan",
    "start",
    "undo",
    "unserved_of",
    "violations_of",
    "with_margins",
    "without_broken",
]
