"""Plays the offices of a demonstration in several processes: Python's share of the work is the larger one."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from app.config import Settings, load_keys
from app.database import connect
from app.services.demo.history import StoryTotals
from app.services.demo.make import OfficeMakers, make_offices
from app.services.demo.plan import DemoOrder

MOST = 4
WORTH_IT = 3  # handfuls of offices; below that the processes take longer to start than to work


def in_parallel(settings: Settings) -> OfficeMakers:
    """`settings` name a database that every process can reach (see `embedded.start_embedded`)."""

    def make_each(order: DemoOrder, handfuls: Sequence[Sequence[str]]) -> Iterator[StoryTotals]:
        processes = min(MOST, os.cpu_count() or 1)
        if len(handfuls) < WORTH_IT or processes == 1:
            yield from (_make(settings, order, codes) for codes in handfuls)
            return
        with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
            done = [pool.submit(_make, settings, order, codes) for codes in handfuls]
            try:
                yield from (one.result() for one in as_completed(done))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    return make_each


def _make(settings: Settings, order: DemoOrder, codes: Sequence[str]) -> StoryTotals:
    database = connect(settings)
    try:
        return make_offices(database, order, load_keys(settings), codes)
    finally:
        database.engine.dispose()
