"""voice of the citizen: surveys of visits, complaints, and cases of lost or damaged papers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

ROADS = ("web", "telephone", "counter", "paper")
ANSWERS = ("good", "fair", "poor")
REASONS = ("late", "nobody_came", "manner", "papers", "money", "other")
KINDS = ("loss", "damage", "delay", "manner", "price", "desk")
ROUTES = ("desk", "portal")
FAULTS = ("post", "desk", "carrier", "nobody")
STEPS = ("searched", "called", "recorded", "agency_told", "reissued", "decided", "agreed", "paid", "not_lost")
OPENS = ("lost", "damaged", "missing_from_bag", "missing_at_count", "not_received")


def upgrade() -> None:
    _surveys()
    _complaints()
    _cases()
    for table in ("visit_survey", "complaint", "paper_case", "paper_case_step"):
        op.execute(f"grant select, insert, update, delete on {table} to tannha_app")
    op.execute(
        "insert into paper_case (incident_id, opened_at) "  # noqa: S608 (constants)
        "select distinct on (i.parcel_code) i.id, now() from incident i "
        f"join parcel p on p.code = i.parcel_code where i.closed_at is null and i.kind in {OPENS} "
        "order by i.parcel_code, i.id"
    )


def downgrade() -> None:
    for table in ("paper_case_step", "paper_case", "complaint", "visit_survey"):
        op.drop_table(table)


def _choice(name: str, kind: str, values: tuple[str, ...], *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Enum(*values, name=kind, native_enum=False, length=24), nullable=nullable)


def _check(table: str, name: str, kind: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{name} in {values}", name=op.f(f"ck_{table}_{kind}"))


def _surveys() -> None:
    op.create_table(
        "visit_survey",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        _choice("answer", "survey_answer", ANSWERS),
        _choice("reason", "survey_reason", REASONS, nullable=True),
        _choice("road", "survey_road", ROADS),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        _check("visit_survey", "answer", "survey_answer", ANSWERS),
        _check("visit_survey", "reason", "survey_reason", REASONS),
        _check("visit_survey", "road", "survey_road", ROADS),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_visit_survey_attempt_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_visit_survey_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_survey")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_visit_survey_attempt_id")),
    )
    op.create_index(op.f("ix_visit_survey_office_id"), "visit_survey", ["office_id"])


def _complaints() -> None:
    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        _choice("kind", "complaint_kind", KINDS),
        _choice("road", "complaint_road", ROADS),
        sa.Column("said", sa.Text()),
        sa.Column("about", JSONB(), nullable=False),
        sa.Column("lodged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lodged_by", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        _choice("route", "complaint_route", ROUTES, nullable=True),
        sa.Column("routed_at", sa.DateTime(timezone=True)),
        sa.Column("routed_by", sa.Text()),
        sa.Column("answer", sa.Text()),
        sa.Column("written_at", sa.DateTime(timezone=True)),
        sa.Column("written_by", sa.Text()),
        sa.Column("signed_by", sa.Text()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        _check("complaint", "kind", "complaint_kind", KINDS),
        _check("complaint", "road", "complaint_road", ROADS),
        _check("complaint", "route", "complaint_route", ROUTES),
        sa.ForeignKeyConstraint(["request_id"], ["service_request.id"], name=op.f("fk_complaint_request_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_complaint_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("number", name=op.f("uq_complaint_number")),
    )
    op.create_index("ix_complaint_open", "complaint", ["due_on"], postgresql_where=sa.text("answered_at is null"))
    op.create_index(op.f("ix_complaint_office_id"), "complaint", ["office_id"])
    op.create_index(op.f("ix_complaint_request_id"), "complaint", ["request_id"])


def _cases() -> None:
    op.create_table(
        "paper_case",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        _choice("fault", "case_fault", FAULTS, nullable=True),
        sa.Column("amount", sa.Integer()),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        _check("paper_case", "fault", "case_fault", FAULTS),
        sa.CheckConstraint("amount is null or amount >= 0", name=op.f("ck_paper_case_amount")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_paper_case_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_case")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_paper_case_incident_id")),
    )
    op.create_table(
        "paper_case_step",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        _choice("step", "case_step", STEPS),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        _check("paper_case_step", "step", "case_step", STEPS),
        sa.ForeignKeyConstraint(["case_id"], ["paper_case.id"], name=op.f("fk_paper_case_step_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_case_step")),
        sa.UniqueConstraint("case_id", "step", name=op.f("uq_paper_case_step_case_id_step")),
    )
