"""Whatever is given: a plan, or exit code 2 and a sentence with the path of the fault."""

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing.__main__ import main
from routing.decode import decode
from routing.engines import pipeline
from routing.engines.interface import Limit
from routing.engines.pipeline import Pipeline
from routing.reader import MOST_FAULTS
from routing.search_params import SearchParams
from routing.validate import Invalid, ProblemFault, validate
from routing.vroom_json import plan_from_json, problem_from_json
from tests.routing.auditor import audit
from tests.routing.vroom_examples import BY_COORDINATES, BY_MATRICES, TO_CHECK

VALID = (BY_COORDINATES, BY_MATRICES, TO_CHECK)
ODD: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 2**31, 2**53 + 1, 10**30, -(10**30), 1.5, float("nan"), float("inf"), 1e308, 5e-324),
    *(
        "",
        "1",
        "car",
        "\ud800",
        "x" * 500,
        [],
        {},
        [[]],
        [None],
        [1, 2],
        [[1, 2]],
        [[2, 1]],
        [[0, 5], [3, 9]],
        {"a": 1},
    ),
)
JSON = st.sampled_from(ODD) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
KEYS = (
    "id",
    "steps",
    "costs",
    "prize",
    "release",
    "breaks",
    "skills",
    "capacity",
    "time_windows",
    "time_window",
    "office",
)


def copied(document: object) -> Any:
    return json.loads(json.dumps(document))


def places(document: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) of a document."""
    keys = list(document) if isinstance(document, dict) else range(len(document)) if isinstance(document, list) else []
    return [(document, key) for key in keys] + [place for key in keys for place in places(document[key])]


def spoil(data: st.DataObject) -> Any:
    document = copied(data.draw(st.sampled_from(VALID)))
    for _ in range(data.draw(st.integers(1, 3))):
        found = places(document)
        if not found:
            break
        container, key = data.draw(st.sampled_from(found))
        if isinstance(container, dict) and data.draw(st.booleans()):
            key = data.draw(st.sampled_from(KEYS) | st.text(max_size=3))
        container[key] = deepcopy(data.draw(JSON))  # the samples are shared: nothing may grow into them
    return document


def judged(document: Any) -> tuple[ProblemFault, ...]:
    try:
        return tuple(validate(problem_from_json(document)))
    except Invalid as refused:
        return refused.faults


@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_any_value_anywhere_is_read_or_refused_by_path(data: st.DataObject) -> None:
    faults = judged(spoil(data))
    assert all(fault.path and fault.message and fault.code for fault in faults)
    json.dumps([fault.path for fault in faults]).encode()


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_value_anywhere_of_a_plan_is_read_or_refused_by_path(data: st.DataObject) -> None:
    steps = [{"type": "start"}, {"type": "job", "id": 1}, {"type": "break", "id": 9}, {"type": "end"}]
    document = {"routes": [{"vehicle": 1, "steps": steps}], "unassigned": [{"id": 2, "reason": "shift"}]}
    for _ in range(data.draw(st.integers(1, 2))):
        container, key = data.draw(st.sampled_from(places(document) or [(document, "routes")]))
        container[key] = deepcopy(data.draw(JSON))  # the samples are shared: nothing may grow into them
    faults: tuple[ProblemFault, ...] = ()
    try:
        plan_from_json(document)
    except Invalid as refused:
        faults = refused.faults
    assert all(fault.path and fault.message for fault in faults)


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
@example(b"\xff\xfe")
@example(b'{"a":1,"a":2}')
@example(b'{"vehicles":[{"id":1e999}],"jobs":[]}')
def test_any_bytes_are_a_document_or_refused(data: bytes) -> None:
    try:
        document = decode(data)
    except ValueError:
        document = None  # no JSON: the command says so
    assert judged(document)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_whatever_is_accepted_is_planned(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    given, answer = folder / "in.json", folder / "out.json"
    given.write_text(json.dumps(spoil(data)), encoding="utf-8")
    code = main(["solve", str(given), "-o", str(answer), "--engine", "insertion", "--iterations", "2"])
    document = json.loads(answer.read_text(encoding="utf-8"))
    assert (code, document["code"]) in {(0, 0), (2, 2)}
    assert ("error" in document) == (code == 2)


def with_job(**keys: object) -> dict[str, Any]:
    document: dict[str, Any] = copied(BY_COORDINATES)
    document["jobs"][0] |= keys
    return document


def with_vehicle(**keys: object) -> dict[str, Any]:
    document: dict[str, Any] = copied(BY_COORDINATES)
    document["vehicles"][0] |= keys
    return document


def with_matrix(**keys: object) -> dict[str, Any]:
    document: dict[str, Any] = copied(BY_MATRICES)
    document["matrices"]["car"] |= keys
    return document


LONG = {"id": 1, "service": 50_000}
CASES: list[tuple[str, dict[str, Any]]] = [
    ("vehicles: there are jobs but no vehicle", BY_COORDINATES | {"vehicles": []}),
    ("vehicles[0].time_window: must be [from, to]", with_vehicle(time_window=[5, 1])),
    ("vehicles[0].time_window: must be [from, to]", with_vehicle(time_window=[5])),
    ("vehicles[0].time_window[0]: must be a whole number", with_vehicle(time_window=["5", 9])),
    ("vehicles[0].breaks[0]: the break does not fit", with_vehicle(breaks=[LONG])),
    (
        "vehicles[0].breaks: the breaks, one after another",
        with_vehicle(breaks=[{"id": n, "service": 9000} for n in (1, 2)]),
    ),
    ("vehicles[0].breaks[0].max_load: must hold 2 numbers", with_vehicle(breaks=[{"id": 1, "max_load": [1]}])),
    ("vehicles[0].breaks[1].id: the id 1 is used twice", with_vehicle(breaks=[{"id": 1}, {"id": 1}])),
    ("vehicles[0].id: must be from 0", with_vehicle(id=-1)),
    ("vehicles[0].id: must be a whole number (within", with_vehicle(id=2**60)),
    ("vehicles[0].skills[0]: must be from 0", with_vehicle(skills=[-3])),
    ("vehicles[0].speed_factor: must be above 0 and at most 5", with_vehicle(speed_factor=0)),
    ("vehicles[0].costs.per_km: must be from 0", with_vehicle(costs={"per_km": 10**12})),
    ("vehicles[0].costs.per_mile: is not a key of this format", with_vehicle(costs={"per_mile": 1})),
    ("vehicles[0].capacity: must hold 2 numbers", with_vehicle(capacity=[1])),
    ("vehicles[0].profile: there is no profile 'boat'", with_vehicle(profile="boat")),
    ("vehicles[0].description: must be text", with_vehicle(description="\ud800")),
    ("vehicles[0].steps[0].id: there is no job 99", with_vehicle(steps=[{"type": "job", "id": 99}])),
    ("vehicles[0].steps[0].id: is required", with_vehicle(steps=[{"type": "job"}])),
    ("vehicles[0].steps[1].id: the job 1 is planned twice", with_vehicle(steps=[{"type": "job", "id": 1}] * 2)),
    (
        "vehicles[0].steps[1].type: a start comes first",
        with_vehicle(steps=[{"type": "job", "id": 1}, {"type": "start"}]),
    ),
    ("vehicles[0].steps[0]: service_at, ", with_vehicle(steps=[{"type": "end", "service_at": 1, "service_after": 2}])),
    ("vehicles[0].steps[0].type: must be start, job", with_vehicle(steps=[{"type": "pickup", "id": 1}])),
    ("jobs[0].time_windows: must hold at least one window", with_job(time_windows=[])),
    ("jobs[0].time_windows[1]: windows must follow", with_job(time_windows=[[0, 10], [5, 20]])),
    ("jobs[0].time_windows[0]: must be [from, to]", with_job(time_windows=[[10, 5]])),
    ("jobs[0].delivery: must hold 2 numbers", with_job(delivery=[1])),
    ("jobs[0].delivery[1]: must be from 0", with_job(delivery=[1, -1])),
    ("jobs[0].service_per_type.xe: must be from 0", with_job(service_per_type={"xe": -1})),
    ("jobs[0].priority: must be from 0 to 100", with_job(priority=101)),
    ("jobs[0].vehicle: there is no vehicle 77", with_job(vehicle=77)),
    ("jobs[0].location: must be [lon, lat] in degrees", with_job(location=[14.0, 108.0])),
    ("jobs[0].location[1]: must be a number", with_job(location=[108.0, "14"])),
    ("jobs[0].amount: is VROOM's old form", with_job(amount=[1])),
    ("matrices.car.distances[0]: must be an array of 3", with_matrix(distances=[[0, 1], [1, 0], [1, 1]])),
    ("matrices.car.distances: must be 4 rows", with_matrix(distances=[[0, 1], [1, 0]])),
    ("matrices.car.durations[1][2]: must be a whole number", with_matrix(durations=[[0, 1, 1], [1, 0, -4], [1, 1, 0]])),
    ("matrices.car.costs[0][1]: must be from 0", with_matrix(costs=[[0, 10**12, 0, 0], *([[0] * 4] * 3)])),
    (
        "jobs[1].location_index: must be from 0 to 1",
        with_matrix(durations=[[0, 1], [1, 0]], distances=[[0, 1], [1, 0]]),
    ),
    ("onward.distances[1]: gives the way of this office", BY_MATRICES | {"onward": {"distances": [[1, 2, 3]] * 2}}),
    ("onward.distances[1, 2]: must be from 0", BY_MATRICES | {"onward": {"distances": [[1, 2, -3]]}}),
    ("shipments: shipments are not supported", BY_MATRICES | {"shipments": []}),
]


@pytest.mark.parametrize(("sentence", "document"), CASES)
def test_a_fault_is_told_with_its_path_and_code_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sentence: str, document: dict[str, Any]
) -> None:
    given = tmp_path / "in.json"
    given.write_text(json.dumps(document), encoding="utf-8")
    assert main(["solve", str(given)]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer.keys() == {"code", "error"}
    assert answer["code"] == 2
    assert sentence in answer["error"]


def test_kilometres_are_not_priced_without_distances() -> None:
    document = copied(BY_MATRICES)
    del document["matrices"]["car"]["distances"]
    document["vehicles"][0] |= {"costs": {"per_km": 5}, "max_distance": 7}
    assert [fault.path for fault in judged(document)] == ["vehicles[0].costs.per_km", "vehicles[0].max_distance"]


def test_all_faults_come_at_once() -> None:
    document = with_job(service=-1, prize=-1) | {"vehicles": with_vehicle(max_tasks=-1)["vehicles"]}
    assert [fault.path for fault in judged(document)] == ["vehicles[0].max_tasks", "jobs[0].service", "jobs[0].prize"]


def test_a_file_of_faults_does_not_fill_the_memory() -> None:
    assert len(judged({"vehicles": [], "jobs": [[]] * 3_000_000})) == MOST_FAULTS


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"[" * 10_000_000, "nested too deeply"),
        (b'{"a":' * 2_000_000, "nested too deeply"),
        (b"\xff", "is not UTF-8 at byte 0: save it as UTF-8"),
        ('{"jobs": []}'.encode("utf-16"), "is not UTF-8 at byte 0: save it as UTF-8"),
        ('{"jobs": []}'.encode("utf-16-le"), "holds NUL bytes"),
        (b" \n", "is empty"),
        (b'{"vehicles": [], "jobs": [], "jobs": []}', "jobs: is given twice"),
        (b'{"vehicles": [], "jobs": [{"id": ' + b"9" * 5_000 + b"}]}", "jobs[0].id: must be a whole number"),
        (b'{"vehicles": [], "jobs": [{"id": Infinity}]}', "jobs[0].id: must be a whole number"),
        (b'{"vehicles": [], "jobs": [], "\\ud800": 1}', "is not a key of this format"),
    ],
)
def test_the_command_itself_ends_with_code_two(data: bytes, sentence: str) -> None:
    command = [sys.executable, "-m", "routing", "solve", "-"]
    done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=60)
    answer = json.loads(done.stdout)
    assert done.returncode == answer["code"] == 2
    assert sentence in answer["error"]
    assert b"Traceback" not in done.stderr


def test_no_stops_are_an_empty_plan_whatever_the_engine(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    given = tmp_path / "in.json"
    given.write_text(json.dumps(BY_COORDINATES | {"jobs": []}), encoding="utf-8")
    for engine in ("auto", "ortools", "insertion"):
        assert main(["solve", str(given), "--engine", engine]) == 0
        plan = json.loads(capsys.readouterr().out)
        assert (plan["routes"], plan["unassigned"], plan["summary"]["cost"]) == ([], [], 0)


@pytest.mark.parametrize(
    "document",
    [with_job(service=2**40, delivery=[0, 0]), with_vehicle(costs={"fixed": 10**10, "per_km": 10**8})],
    ids=["service", "costs"],
)
def test_an_engine_that_cannot_hold_a_number_leaves_the_day_to_the_others(document: dict[str, Any]) -> None:
    command = [sys.executable, "-m", "routing", "solve", "-", "--iterations", "3"]
    done = subprocess.run(command, input=json.dumps(document).encode(), capture_output=True, check=False, timeout=110)
    plan = json.loads(done.stdout)
    assert (done.returncode, plan["summary"]["violations"]) == (0, [])
    assert audit(document, plan) == []
    assert b"Traceback" not in done.stderr


def test_ways_that_do_not_exist_are_no_numbers() -> None:
    far = 2**52
    document = with_matrix(durations=[[0 if a == b else far for a in range(4)] for b in range(4)])
    document["vehicles"] = document["vehicles"][:1]
    for engine in ("ortools", "pyvrp", "vroom", *(["sisr"] if pipeline.available("sisr") else [])):
        search = Pipeline(problem_from_json(document), 1, None, lambda _found: None, SearchParams())
        search.run(Limit.of(None, 3), engine)
        assert not search.failed
        assert not search.incumbent().sequences
