"""Rows that no plan can be made from: they cost their own visit or shift a place in the plan, and no other office its plan."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from app.services.planning.loading import LoadedProblem, Unserved
from routing.problem import Job
from routing.validate import ProblemFault, validate

log = logging.getLogger(__name__)

ENTRY: Final = re.compile(r"^(vehicles|jobs)\[(\d+)\]")


def without_broken(loaded: LoadedProblem) -> LoadedProblem:
    """The same day without the shifts and visits that `routing` refuses; errands are left out as `broken_data`.

    A shift gone takes along the visits tied to it, and those of an office where nobody else works. For an office of which
    nothing is left the plan does not speak: what it has in force stays. Where that is all of them the day stays as it is, and
    its plan fails.
    """
    faults = validate(loaded.problem)
    if not faults:
        return loaded
    for fault in faults:
        log.warning("planning %s: %s at %s", loaded.planning_id, fault.code, fault.path)
    vehicles, jobs = _named(faults, "vehicles"), _named(faults, "jobs")
    sound = tuple(one for number, one in enumerate(loaded.problem.vehicles) if number not in vehicles)
    shifts, staffed = {one.id for one in sound}, {one.office for one in sound}
    gone = {
        job.id
        for number, job in enumerate(loaded.problem.jobs)
        if number in jobs or not _served(job, shifts, staffed, free=loaded.problem.assignment == "free")
    }
    if len(gone) == len(loaded.problem.jobs):
        return loaded
    unserved: list[Unserved] = [(e, "broken_data") for job in sorted(gone) for e in loaded.visits[job].errand_ids]
    rest = loaded.without(gone, unserved)
    left = {job.office for job in rest.problem.jobs}
    emptied = {job.office for job in loaded.problem.jobs if job.id in gone} - left
    office_ids = tuple(office for office in loaded.office_ids if office not in emptied)
    known = tuple(replace(job, usual=job.usual & shifts) for job in rest.problem.jobs)
    return replace(rest, office_ids=office_ids, problem=replace(rest.problem, vehicles=sound, jobs=known))


def _named(faults: Iterable[ProblemFault], kind: str) -> set[int]:
    entries = (ENTRY.match(fault.path) for fault in faults)
    return {int(entry[2]) for entry in entries if entry is not None and entry[1] == kind}


def _served(job: Job, shifts: Collection[int], staffed: Collection[int | None], *, free: bool) -> bool:
    if job.vehicle is not None and job.vehicle not in shifts:
        return False
    return job.office in staffed or (free and job.movable and bool(staffed))
