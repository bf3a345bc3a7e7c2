"""What the processes count: together, by kind, and forgotten with who held it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import Metric

from app.watching import figures, together
from tests.repository.sources import ROOT

DOCUMENTED = {
    name: set(re.findall(r"`(\w+)`", labels))
    for names, labels in re.findall(
        r"^\| (`tannha_[^|]*) \|([^|]*)\| (?:gauge|counter|histogram)",
        (ROOT / "docs/watching.md").read_text(),
        re.MULTILINE,
    )
    for name in re.findall(r"`(tannha_\w+)`", names)
}


def test_processes_of_one_command_count_together_and_the_dead_hold_nothing(tmp_path: Path) -> None:
    count = "from app.watching import figures as f; f.LIMITS_REFUSED.inc(); f.POOL_MOST.set(16)"
    shown = "from app.watching import figures as f; f.LIMITS_REFUSED.inc(); print(f.page().decode())"
    environment = {**os.environ, together.VARIABLE: str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    folder = tmp_path / f"tannha-{os.getpid()}-x"
    folder.mkdir()
    environment[together.VARIABLE] = str(folder)

    subprocess.run([sys.executable, "-c", count], env=environment, check=True)
    page = subprocess.run([sys.executable, "-c", shown], env=environment, check=True, capture_output=True, text=True)

    assert "tannha_limits_refused_total 2.0" in page.stdout
    assert "tannha_pool_connections_most 16.0" not in page.stdout


def test_processes_are_told_by_what_they_do() -> None:
    solver = subprocess.Popen([sys.executable, "-c", "input()", "routing.child"], stdin=subprocess.PIPE)
    try:
        lines = figures.page().decode().splitlines()
    finally:
        solver.communicate()
    assert 'tannha_processes{kind="solver"} 1.0' in lines
    memory = next(line for line in lines if line.startswith('tannha_process_memory_bytes{kind="solver"}'))
    assert float(memory.split()[1]) > 1_000_000


def test_a_process_that_is_gone_while_we_look_is_left_out() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    alive, memory = figures.Processes(gone.pid).collect()
    assert alive.samples == memory.samples == []


def test_the_folder_goes_with_who_made_it(tmp_path: Path) -> None:
    made = "from app.watching import together as t; t.count_together(); print(t.folder(), t.first_process() == t.os.getpid())"
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    told = subprocess.run([sys.executable, "-c", made], env=environment, check=True, capture_output=True, text=True)
    folder, known = told.stdout.split()
    assert Path(folder).parent == tmp_path
    assert known == "True"
    assert not Path(folder).exists()


@pytest.mark.parametrize("metric", list(figures.OURS.collect()), ids=lambda metric: metric.name)
def test_every_figure_of_a_process_is_documented_with_its_labels(metric: Metric) -> None:
    name = f"{metric.name}_total" if metric.type == "counter" else metric.name
    assert name in DOCUMENTED
    labels = {label for sample in metric.samples for label in sample.labels} - {"le"}
    assert labels <= DOCUMENTED[name]
