"""A strict schema of VROOM's output with what we add: every key known, required where VROOM gives it, nothing else."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from routing.plan import REASONS

CAUSES = (
    *("delay", "lead_time", "load", "max_tasks", "skills", "missing_break", "max_travel_time", "max_distance"),
    "max_trips",
    *("max_load", "max_duration", "locked", "office", "unreachable", "duplicate_job", "unknown_job", "unknown_break"),
    *("duplicate_vehicle", "unknown_vehicle", "unexplained", "served_and_left_out"),
)
KINDS = (
    "window",
    "shift",
    "release",
    "max_travel",
    "max_distance",
    "capacity",
    "max_tasks",
    "prize",
    "courier",
    "office",
)


def whole(*, low: int | None = 0, required: bool = True) -> fields.Integer:
    """A whole number, not a text of one."""
    return fields.Integer(strict=True, required=required, validate=validate.Range(min=low))


def wholes(*, required: bool = False) -> fields.List[int]:
    return fields.List(whole(), required=required)


class Violation(Schema):
    cause = fields.String(required=True, validate=validate.OneOf(CAUSES))
    duration = whole(required=False)
    vehicle = whole(required=False)
    step = whole(required=False)
    job = whole(required=False)
    amount = whole(required=False)


class Place(Schema):
    description = fields.String()
    location = fields.Tuple((fields.Float(), fields.Float()))
    location_index = whole(required=False)


class Step(Place):
    type = fields.String(required=True, validate=validate.OneOf(("start", "job", "break", "reload", "end")))
    arrival = whole()
    duration = whole()
    setup = whole()
    service = whole()
    waiting_time = whole()
    violations = fields.List(fields.Nested(Violation), required=True)
    id = whole(required=False)
    job = whole(required=False)
    load = wholes(required=True)  # type: ignore[assignment]  # VROOM's key, not the method of schemas
    distance = whole()

    @validates_schema
    def names_its_task(self, data: dict[str, Any], **_: object) -> None:
        if ("id" in data) != (data["type"] in {"job", "break"}):
            raise ValidationError("an id belongs to jobs and breaks")
        if data.get("job") != (data["id"] if data["type"] == "job" else None):
            raise ValidationError("job repeats the id of a job")


class Totals(Schema):
    cost = whole()
    setup = whole()
    service = whole()
    duration = whole()
    waiting_time = whole()
    priority = whole()
    distance = whole()
    violations = fields.List(fields.Nested(Violation), required=True)
    delivery = wholes()
    pickup = wholes()
    amount = wholes()


class Route(Totals):
    vehicle = whole()
    steps = fields.List(fields.Nested(Step), required=True, validate=validate.Length(min=3))
    description = fields.String()
    office = whole(low=None, required=False)
    onward_distance = whole(required=False)
    onward_cost = whole(required=False)
    stranger_cost = whole(required=False)


class Times(Schema):
    loading = whole()
    starting = whole()
    solving = whole()
    routing = whole()


class Summary(Totals):
    routes = whole()
    unassigned = whole()
    computing_times = fields.Nested(Times)
    prizes = whole()
    onward_distance = whole()
    onward_cost = whole()
    stranger_cost = whole(required=False)
    searched_cpu_s = fields.Float(validate=validate.Range(min=0))
    iterations = whole(required=False)
    settled = fields.Boolean(allow_none=True)
    engine = fields.String(required=True)
    engines = fields.Dict(fields.String(), whole(), required=True)
    seed = whole()
    problem_hash = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}$"))


class Relaxation(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    amount = whole()
    unit = fields.String(required=True, validate=validate.OneOf(("s", "m", "VND", "")))
    cost_delta = whole(low=None)


class LeftOut(Place):
    id = whole()
    type = fields.String(required=True, validate=validate.Equal("job"))
    reason = fields.String(required=True, validate=validate.OneOf(REASONS))
    relaxation = fields.Nested(Relaxation)


class Answer(Schema):
    code = whole()
    summary = fields.Nested(Summary, required=True)
    unassigned = fields.List(fields.Nested(LeftOut), required=True)
    routes = fields.List(fields.Nested(Route), required=True)


class Refusal(Schema):
    code = fields.Integer(strict=True, required=True, validate=validate.OneOf((1, 2, 3)))
    error = fields.String(required=True, validate=validate.Length(min=1))


def complaints(document: Any) -> dict[str, Any]:
    """Return what the schema finds, by path; unknown keys are refused (marshmallow's default)."""
    schema = Answer() if document.get("code") == 0 else Refusal()
    found: dict[str, Any] = schema.validate(document)
    return found
