"""Plan a day: ask, load, save, publish, move one stop, compare.

The road of a plan: `ask_for_plan` (a row and a job) → `load_problem` in a short transaction → `routing.solve` in child
processes with no session open → `save_plan` in one transaction, fenced → `publish`.
"""

from app.services.planning.asking import ask_for_plan, fail, report_progress, start
from app.services.planning.comparing import Figures, Saving, compare, free_saves
from app.services.planning.loading import LoadedProblem, load_problem
from app.services.planning.moving import Broken, MoveEvaluation, move_stop, violations_of
from app.services.planning.publishing import publish
from app.services.planning.saving import save_plan
from app.services.planning.today import DayChange, StillOut, hand_on, insert_today

__all__ = [
    "Broken",
    "DayChange",
    "Figures",
    "LoadedProblem",
    "MoveEvaluation",
    "Saving",
    "StillOut",
    "ask_for_plan",
    "compare",
    "fail",
    "free_saves",
    "hand_on",
    "insert_today",
    "load_problem",
    "move_stop",
    "publish",
    "report_progress",
    "save_plan",
    "start",
    "violations_of",
]
