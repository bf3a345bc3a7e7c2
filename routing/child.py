"""A solver child: takes parts of a day from a pipe, reports every improvement, and dies with its parent.

``python -m routing.child FD PARENT_PID``, started by ``routing.pool``. Linux ends it when the thread that made it
ends (``PR_SET_PDEATHSIG``); everywhere the closed pipe does, and an alarm ends a search that holds the GIL.
"""

import ctypes
import os
import signal
import sys
import time
from dataclasses import replace
from importlib import import_module
from multiprocessing.connection import Connection

from routing.engines import pipeline
from routing.engines.interface import Limit, Work, wall
from routing.engines.pipeline import Incumbent, Pipeline
from routing.tasks import ASSIGN, ChildMessage, SearchTask

PR_SET_PDEATHSIG = 1


def main(descriptor: int, parent: int) -> None:
    """Serve tasks until the pipe closes."""
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    pipe = Connection(descriptor)
    for name in pipeline.MODULES:
        pipeline.available(name)
    import_module(
        "routing.matrix"
    )  # a task brings its travel times along: a quarter of a second of loading is no search
    pipe.send(ChildMessage("ready", cpu_s=time.process_time()))
    while True:
        try:
            task: SearchTask = pipe.recv()
        except (EOFError, ConnectionResetError):
            return
        serve(pipe, task)


def die_with(parent: int) -> None:
    """Ask the kernel for our end with the parent's, and end now if the parent is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def serve(pipe: Connection, task: SearchTask) -> None:
    """Search one task, under an alarm whose default action ends this process whatever holds the GIL."""
    if task.within is not None:
        signal.setitimer(signal.ITIMER_REAL, task.within + task.params.processes.last_grace)
    work = Work()
    try:
        found = answer(pipe, task, work)
        pipe.send(ChildMessage("done", task.number, found, cpu_s=time.process_time(), iterations=work.iterations))
    except (BrokenPipeError, ConnectionResetError):
        os._exit(0)
    except Exception as error:  # noqa: BLE001  an engine's failure is reported, the child goes on, the parent inserts
        pipe.send(ChildMessage("failed", task.number, error=f"{type(error).__name__}: {error}"))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def answer(pipe: Connection, task: SearchTask, work: Work) -> Incumbent:
    """Search the part, or give its jobs to offices (the answer then holds job ids by office)."""
    if task.engine == ASSIGN:
        from routing.assign.offices import assign  # noqa: PLC0415  CP-SAT is loaded by the children that need it

        held: dict[int, list[int]] = {}
        for job, office in assign(task.problem, task.seconds, task.seed, task.params.offices).items():
            held.setdefault(office, []).append(job)
        return Incumbent(held, (0, 0))
    ends = None if task.within is None else wall() + task.within
    limit = replace(
        Limit.of(task.seconds, task.iterations, time.process_time, ends), work=work
    )  # construction counts, too
    quick = pipeline.quick(limit, task.engine, len(task.problem.jobs), task.params)

    def report(incumbent: Incumbent) -> None:
        pipe.send(ChildMessage("better", task.number, incumbent, cpu_s=time.process_time()))

    search = Pipeline(task.problem, task.seed, task.start, report, task.params, quick=quick)
    search.unlike = task.unlike
    return search.run(limit, task.engine, reduce_fleet=task.reduce_fleet)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
