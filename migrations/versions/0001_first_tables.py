"""first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

REFUSE_FUNCTION = """
create or replace function refuse_change() returns trigger language plpgsql as $body$
begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $body$
"""

ROLE = """
do $body$ begin
    -- roles belong to the whole server: two databases migrated at once may both find it missing
    begin
        if not exists (select from pg_roles where rolname = 'tannha_app') then create role tannha_app nologin; end if;
    exception when duplicate_object or unique_violation then null;
    end;
    if not pg_has_role(current_user, 'tannha_app', 'member') then execute format('grant tannha_app to %I', current_user); end if;
end $body$
"""

CHANGEABLE = """
    applicant,
    attempt,
    calendar_day,
    charge,
    courier,
    custody_evidence,
    custody_gap,
    desk,
    dossier,
    errand,
    errand_dossier,
    former_unit,
    former_unit_successor,
    handover_code,
    message,
    office,
    outcome_code,
    paper,
    parcel,
    partner,
    place,
    plan,
    plan_office,
    plan_unserved,
    planning,
    procedure,
    remittance_fee,
    required_paper,
    route,
    run,
    seal,
    service_request,
    shift,
    sign_in_code,
    slot,
    slot_hold,
    staff_account,
    stop,
    stop_errand,
    stored_answer,
    tariff_rate,
    unit
"""


def upgrade() -> None:
    op.create_table(
        "applicant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "person", "organisation", name="applicant_kind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant")),
    )
    op.create_index(op.f("ix_applicant_phone"), "applicant", ["phone"], unique=False)
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_object", "audit_event", ["object_kind", "object_id"], unique=False)
    op.create_table(
        "former_unit",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_former_unit")),
    )
    op.create_table(
        "outcome_code",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("citizen_text", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("next_actor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_outcome_code")),
    )
    op.create_table(
        "partner",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_partner_key_hash")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_name")),
    )
    op.create_table(
        "planning",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("office_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("assignment", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("publish", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("assignment in ('home', 'free')", name=op.f("ck_planning_assignment")),
        sa.CheckConstraint("state in ('queued', 'running', 'done', 'failed')", name=op.f("ck_planning_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning")),
    )
    op.create_index(op.f("ix_planning_day"), "planning", ["day"], unique=False)
    op.create_table(
        "procedure",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("post_allowed", sa.Boolean(), nullable=False),
        sa.Column("online_allowed", sa.Boolean(), nullable=False),
        sa.Column("presence", sa.Text(), nullable=False),
        sa.Column("presence_note", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("time_value", sa.Integer(), nullable=True),
        sa.Column("time_unit", sa.Text(), nullable=True),
        sa.Column("state_fee", sa.Integer(), nullable=True),
        sa.Column("originals_due", sa.Boolean(), nullable=False),
        sa.Column("boundary_free", sa.Boolean(), nullable=False),
        sa.Column("results", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cases", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("in_service_from", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_procedure_code_version")),
    )
    op.create_index(op.f("ix_procedure_code"), "procedure", ["code"], unique=False)
    op.create_index("ux_procedure_current", "procedure", ["code"], unique=True, postgresql_where=sa.text("current"))
    op.create_table(
        "remittance_fee",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remittance_fee")),
        sa.UniqueConstraint("valid_from", name=op.f("uq_remittance_fee_valid_from")),
    )
    op.create_table(
        "sign_in_code",
        sa.Column("phone_mac", sa.Text(), nullable=False),
        sa.Column("code_mac", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_today", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("phone_mac", name=op.f("pk_sign_in_code")),
    )
    op.create_table(
        "tariff_rate",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("send", "return", name="direction", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "zone_class",
            sa.Enum(
                "same_zone",
                "same_province",
                "same_region",
                "other_region",
                name="zone_class",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("weight_to_g", sa.Integer(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("step_g", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_rate")),
        sa.UniqueConstraint(
            "direction",
            "zone_class",
            "weight_to_g",
            "step_g",
            "valid_from",
            name=op.f("uq_tariff_rate_direction_zone_class_weight_to_g_step_g_valid_from"),
        ),
    )
    op.create_table(
        "unit",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("area_km2", sa.Double(), nullable=True),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("in_service_from", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_calendar_day_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint(
            "day", "unit_code", name=op.f("uq_calendar_day_day_unit_code"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "custody_evidence",
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"], name=op.f("fk_custody_evidence_applicant_id")),
        sa.PrimaryKeyConstraint("commitment", name=op.f("pk_custody_evidence")),
    )
    op.create_index(op.f("ix_custody_evidence_applicant_id"), "custody_evidence", ["applicant_id"], unique=False)
    op.create_table(
        "former_unit_successor",
        sa.Column("former_code", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["former_code"], ["former_unit.code"], name=op.f("fk_former_unit_successor_former_code")
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_former_unit_successor_unit_code")),
        sa.PrimaryKeyConstraint("former_code", "unit_code", name=op.f("pk_former_unit_successor")),
    )
    op.create_index(op.f("ix_former_unit_successor_unit_code"), "former_unit_successor", ["unit_code"], unique=False)
    op.create_table(
        "office",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("position_provisional", sa.Boolean(), nullable=False),
        sa.Column("has_counter", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_office_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
        sa.UniqueConstraint("code", name=op.f("uq_office_code")),
    )
    op.create_index(op.f("ix_office_unit_code"), "office", ["unit_code"], unique=False)
    op.create_table(
        "place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("former_name", sa.Text(), nullable=True),
        sa.Column("landmark", sa.Text(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("pin_source", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_place_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
    )
    op.create_index(op.f("ix_place_unit_code"), "place", ["unit_code"], unique=False)
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("planning_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("assignment", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("engine_versions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("problem_hash", sa.Text(), nullable=False),
        sa.Column("stops", sa.Integer(), nullable=False),
        sa.Column("served", sa.Integer(), nullable=False),
        sa.Column("couriers", sa.Integer(), nullable=False),
        sa.Column("distance_m", sa.BigInteger(), nullable=False),
        sa.Column("onward_m", sa.BigInteger(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("violations", sa.Integer(), nullable=False),
        sa.Column("wall_s", sa.Double(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('draft', 'published', 'superseded')", name=op.f("ck_plan_state")),
        sa.ForeignKeyConstraint(["planning_id"], ["planning.id"], name=op.f("fk_plan_planning_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("planning_id", name=op.f("uq_plan_planning_id")),
    )
    op.create_index(op.f("ix_plan_day"), "plan", ["day"], unique=False)
    op.create_table(
        "required_paper",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("originals", sa.Integer(), nullable=True),
        sa.Column("copies", sa.Integer(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("case_keys", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("case_label", sa.Text(), nullable=False),
        sa.Column("certified_by_post", sa.Boolean(), nullable=False),
        sa.Column("in_database", sa.Boolean(), nullable=False),
        sa.CheckConstraint("mode in ('submit', 'present', 'declare')", name=op.f("ck_required_paper_mode")),
        sa.CheckConstraint(
            "need in ('always', 'conditional', 'alternative', 'if_any')", name=op.f("ck_required_paper_need")
        ),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedure.id"], name=op.f("fk_required_paper_procedure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_required_paper")),
        sa.UniqueConstraint("procedure_id", "line", name=op.f("uq_required_paper_procedure_id_line")),
    )
    op.create_table(
        "slot",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("half_day", "two_hours", name="slot_kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_slot_capacity")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_slot_order")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_slot_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("unit_code", "starts_at", "ends_at", name=op.f("uq_slot_unit_code_starts_at_ends_at")),
    )
    op.create_index(op.f("ix_slot_day"), "slot", ["day"], unique=False)
    op.create_table(
        "stored_answer",
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_stored_answer_partner_id")),
        sa.PrimaryKeyConstraint("partner_id", "key", name=op.f("pk_stored_answer")),
    )
    op.create_table(
        "custody_digest",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("heads", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_custody_digest_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_digest")),
        sa.UniqueConstraint("office_id", "day", name=op.f("uq_custody_digest_office_id_day")),
    )
    op.create_table(
        "desk",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("position_provisional", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_desk_office_id")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_desk_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk")),
        sa.UniqueConstraint("code", name=op.f("uq_desk_code")),
    )
    op.create_index(op.f("ix_desk_unit_code"), "desk", ["unit_code"], unique=False)
    op.create_table(
        "plan_office",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_plan_office_office_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_office_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "office_id", name=op.f("pk_plan_office")),
    )
    op.create_index(
        "ux_plan_office_published",
        "plan_office",
        ["day", "office_id"],
        unique=True,
        postgresql_where=sa.text("published"),
    )
    op.create_table(
        "slot_hold",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_slot_hold_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_hold")),
        sa.UniqueConstraint("holder", name=op.f("uq_slot_hold_holder")),
    )
    op.create_index(op.f("ix_slot_hold_slot_id"), "slot_hold", ["slot_id"], unique=False)
    op.create_table(
        "staff_account",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "courier",
                "counter",
                "desk_clerk",
                "office_manager",
                "coordinator",
                "admin",
                name="staff_role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_staff_account_desk_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_staff_account_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_account")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_account_username")),
    )
    op.create_table(
        "courier",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("staff_account_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_courier_office_id")),
        sa.ForeignKeyConstraint(["staff_account_id"], ["staff_account.id"], name=op.f("fk_courier_staff_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courier")),
        sa.UniqueConstraint("staff_account_id", name=op.f("uq_courier_staff_account_id")),
    )
    op.create_index(op.f("ix_courier_office_id"), "courier", ["office_id"], unique=False)
    op.create_table(
        "service_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "send",
                "receive",
                "send_and_receive",
                name="request_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "sms", "voice", "helper", "none", name="channel", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("helper_name", sa.Text(), nullable=True),
        sa.Column("helper_phone", sa.Text(), nullable=True),
        sa.Column("consent_text", sa.Text(), nullable=False),
        sa.Column("consent_version", sa.Text(), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tracking_token", sa.Text(), nullable=False),
        sa.Column("tracking_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("external_ref", sa.Text(), nullable=True),
        sa.Column("booked_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "channel <> 'helper' or helper_name is not null", name=op.f("ck_service_request_helper_named")
        ),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"], name=op.f("fk_service_request_applicant_id")),
        sa.ForeignKeyConstraint(["booked_by"], ["staff_account.id"], name=op.f("fk_service_request_booked_by")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_service_request_partner_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_service_request_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_request")),
        sa.UniqueConstraint("partner_id", "external_ref", name=op.f("uq_service_request_partner_id_external_ref")),
        sa.UniqueConstraint("reference", name=op.f("uq_service_request_reference")),
        sa.UniqueConstraint("tracking_token", name=op.f("uq_service_request_tracking_token")),
    )
    op.create_index(op.f("ix_service_request_applicant_id"), "service_request", ["applicant_id"], unique=False)
    op.create_index(op.f("ix_service_request_created_at"), "service_request", ["created_at"], unique=False)
    op.create_table(
        "dossier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("cases", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("competent_desk_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("result_title", sa.Text(), nullable=True),
        sa.Column("result_ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state between 1 and 10", name=op.f("ck_dossier_state")),
        sa.ForeignKeyConstraint(["competent_desk_id"], ["desk.id"], name=op.f("fk_dossier_competent_desk_id")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_dossier_desk_id")),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedure.id"], name=op.f("fk_dossier_procedure_id")),
        sa.ForeignKeyConstraint(["request_id"], ["service_request.id"], name=op.f("fk_dossier_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
    )
    op.create_index(op.f("ix_dossier_desk_id"), "dossier", ["desk_id"], unique=False)
    op.create_index(op.f("ix_dossier_request_id"), "dossier", ["request_id"], unique=False)
    op.create_index("ux_dossier_code", "dossier", ["code"], unique=True, postgresql_where=sa.text("code is not null"))
    op.create_table(
        "errand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "collect",
                "deliver",
                "give_back",
                name="errand_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "scheduled",
                "planned",
                "under_way",
                "done",
                "failed",
                "held",
                "returned",
                "cancelled",
                name="errand_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("executed_by", sa.Text(), nullable=False),
        sa.Column(
            "proof",
            sa.Enum(
                "code", "slip", "id_check", name="proof_kind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("papers_due_waived", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("held_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_errand_office_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_errand_place_id")),
        sa.ForeignKeyConstraint(["request_id"], ["service_request.id"], name=op.f("fk_errand_request_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_errand_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errand")),
    )
    op.create_index(op.f("ix_errand_office_id"), "errand", ["office_id"], unique=False)
    op.create_index(op.f("ix_errand_request_id"), "errand", ["request_id"], unique=False)
    op.create_index(op.f("ix_errand_slot_id"), "errand", ["slot_id"], unique=False)
    op.create_index(op.f("ix_errand_state"), "errand", ["state"], unique=False)
    op.create_table(
        "shift",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("courier_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("break_s", sa.Integer(), nullable=False),
        sa.Column("break_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("break_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_shift_order")),
        sa.ForeignKeyConstraint(["courier_id"], ["courier.id"], name=op.f("fk_shift_courier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        sa.UniqueConstraint("courier_id", "day", name=op.f("uq_shift_courier_id_day")),
    )
    op.create_index(op.f("ix_shift_day"), "shift", ["day"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("errand_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("courier_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("outcome_version", sa.Integer(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("operation_id", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["courier_id"], ["courier.id"], name=op.f("fk_attempt_courier_id")),
        sa.ForeignKeyConstraint(["errand_id"], ["errand.id"], name=op.f("fk_attempt_errand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("errand_id", "number", name=op.f("uq_attempt_errand_id_number")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_attempt_operation_id")),
    )
    op.create_table(
        "charge",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("errand_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "postage",
                "state_fee",
                "remittance",
                name="charge_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "direction",
            sa.Enum("send", "return", name="charge_direction", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("upper_amount", sa.Integer(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("discount", sa.Text(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount is null or amount >= 0", name=op.f("ck_charge_amount")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_charge_dossier_id")),
        sa.ForeignKeyConstraint(["errand_id"], ["errand.id"], name=op.f("fk_charge_errand_id")),
        sa.ForeignKeyConstraint(["request_id"], ["service_request.id"], name=op.f("fk_charge_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
    )
    op.create_index(op.f("ix_charge_request_id"), "charge", ["request_id"], unique=False)
    op.create_table(
        "errand_dossier",
        sa.Column("errand_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_errand_dossier_dossier_id")),
        sa.ForeignKeyConstraint(["errand_id"], ["errand.id"], name=op.f("fk_errand_dossier_errand_id")),
        sa.PrimaryKeyConstraint("errand_id", "dossier_id", name=op.f("pk_errand_dossier")),
    )
    op.create_index(op.f("ix_errand_dossier_dossier_id"), "errand_dossier", ["dossier_id"], unique=False)
    op.create_table(
        "handover_code",
        sa.Column("errand_id", sa.Uuid(), nullable=False),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.Column("check_digits", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["errand_id"], ["errand.id"], name=op.f("fk_handover_code_errand_id")),
        sa.PrimaryKeyConstraint("errand_id", name=op.f("pk_handover_code")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("errand_id", sa.Uuid(), nullable=True),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "sms",
                "voice",
                "helper",
                "none",
                name="message_channel",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('queued', 'sent', 'failed', 'not_wanted')", name=op.f("ck_message_state")),
        sa.ForeignKeyConstraint(["errand_id"], ["errand.id"], name=op.f("fk_message_errand_id")),
        sa.ForeignKeyConstraint(["request_id"], ["service_request.id"], name=op.f("fk_message_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("trigger", name=op.f("uq_message_trigger")),
    )
    op.create_index(op.f("ix_message_request_id"), "message", ["request_id"], unique=False)
    op.create_table(
        "parcel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "dossier",
                "result",
                "papers_due",
                "give_back",
                name="parcel_purpose",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("errand_id", sa.Uuid(), nullable=True),
        sa.Column("event_no", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.Text(), nullable=False),
        sa.Column(
            "holder",
            sa.Enum(
                "citizen",
                "courier",
                "office_safe",
                "bag",
                "desk",
                "carrier",
                "lost",
                name="holder",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("holder_id", sa.Text(), nullable=True),
        sa.Column("gap", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_parcel_dossier_id")),
        sa.ForeignKeyConstraint(["errand_id"], ["errand.id"], name=op.f("fk_parcel_errand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
        sa.UniqueConstraint("code", name=op.f("uq_parcel_code")),
    )
    op.create_index(op.f("ix_parcel_dossier_id"), "parcel", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_parcel_errand_id"), "parcel", ["errand_id"], unique=False)
    op.create_index(op.f("ix_parcel_holder"), "parcel", ["holder"], unique=False)
    op.create_table(
        "plan_unserved",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("errand_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["errand_id"], ["errand.id"], name=op.f("fk_plan_unserved_errand_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_unserved_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "errand_id", name=op.f("pk_plan_unserved")),
    )
    op.create_table(
        "route",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("courier_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("break_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("break_s", sa.Integer(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["courier_id"], ["courier.id"], name=op.f("fk_route_courier_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_route_office_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_route_plan_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_route_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
        sa.UniqueConstraint("plan_id", "shift_id", name=op.f("uq_route_plan_id_shift_id")),
    )
    op.create_index(op.f("ix_route_courier_id"), "route", ["courier_id"], unique=False)
    op.create_index(op.f("ix_route_office_id"), "route", ["office_id"], unique=False)
    op.create_table(
        "custody_event",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("event_no", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "sealed",
                "handed_over",
                "opened",
                "delivered",
                "returned",
                "reported_lost",
                name="event_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "giver",
            sa.Enum(
                "citizen",
                "courier",
                "office_safe",
                "bag",
                "desk",
                "carrier",
                "lost",
                name="giver",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("giver_id", sa.Text(), nullable=True),
        sa.Column(
            "taker",
            sa.Enum(
                "citizen",
                "courier",
                "office_safe",
                "bag",
                "desk",
                "carrier",
                "lost",
                name="taker",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("taker_id", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("commitments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_custody_event_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_event")),
        sa.UniqueConstraint("parcel_id", "event_no", name=op.f("uq_custody_event_parcel_id_event_no")),
    )
    op.create_index(op.f("ix_custody_event_received_at"), "custody_event", ["received_at"], unique=False)
    op.create_table(
        "custody_gap",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("opened_by_event", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by_event", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_custody_gap_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_gap")),
    )
    op.create_index(op.f("ix_custody_gap_parcel_id"), "custody_gap", ["parcel_id"], unique=False)
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "original", "certified", "copy", name="paper_form", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "in_parcel",
                "taken_out",
                "returned",
                "missing",
                name="paper_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("count > 0", name=op.f("ck_paper_count")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_paper_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
    )
    op.create_index(op.f("ix_paper_parcel_id"), "paper", ["parcel_id"], unique=False)
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("route_id", sa.Integer(), nullable=False),
        sa.Column("courier_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["courier_id"], ["courier.id"], name=op.f("fk_run_courier_id")),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_run_route_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("route_id", name=op.f("uq_run_route_id")),
    )
    op.create_index(op.f("ix_run_courier_id"), "run", ["courier_id"], unique=False)
    op.create_table(
        "seal",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("broken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_seal_parcel_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_seal")),
    )
    op.create_index(
        "ux_seal_unbroken", "seal", ["parcel_id"], unique=True, postgresql_where=sa.text("broken_at is null")
    )
    op.create_table(
        "stop",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("route_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("arrives_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=False),
        sa.Column("marginal_m", sa.Integer(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_stop_place_id")),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_stop_route_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop")),
        sa.UniqueConstraint(
            "route_id", "sequence", deferrable=True, initially="DEFERRED", name=op.f("uq_stop_route_id_sequence")
        ),
    )
    op.create_table(
        "stop_errand",
        sa.Column("stop_id", sa.Integer(), nullable=False),
        sa.Column("errand_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["errand_id"], ["errand.id"], name=op.f("fk_stop_errand_errand_id")),
        sa.ForeignKeyConstraint(["stop_id"], ["stop.id"], name=op.f("fk_stop_errand_stop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("stop_id", "errand_id", name=op.f("pk_stop_errand")),
    )
    op.create_index(op.f("ix_stop_errand_errand_id"), "stop_errand", ["errand_id"], unique=False)

    op.execute("create sequence parcel_roll as bigint start with 10000001 maxvalue 99999999")
    op.execute(REFUSE_FUNCTION)
    op.execute(ROLE)
    op.execute(
        "create trigger custody_event_no_change before update or delete on custody_event for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger custody_event_no_truncate before truncate on custody_event for each statement execute function refuse_change()"
    )
    op.execute(
        "create trigger custody_digest_no_change before update or delete on custody_digest for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger custody_digest_no_truncate before truncate on custody_digest for each statement execute function refuse_change()"
    )
    op.execute(
        "create trigger audit_event_no_change before update or delete on audit_event for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger audit_event_no_truncate before truncate on audit_event for each statement execute function refuse_change()"
    )
    op.execute("grant usage on schema public to tannha_app")
    op.execute(f"grant select, insert, update, delete on {CHANGEABLE} to tannha_app")
    op.execute("grant select, insert on custody_event, custody_digest, audit_event to tannha_app")
    op.execute("grant usage on all sequences in schema public to tannha_app")


def downgrade() -> None:
    op.drop_index(op.f("ix_stop_errand_errand_id"), table_name="stop_errand")
    op.drop_table("stop_errand")
    op.drop_table("stop")
    op.drop_index("ux_seal_unbroken", table_name="seal", postgresql_where=sa.text("broken_at is null"))
    op.drop_table("seal")
    op.drop_index(op.f("ix_run_courier_id"), table_name="run")
    op.drop_table("run")
    op.drop_index(op.f("ix_paper_parcel_id"), table_name="paper")
    op.drop_table("paper")
    op.drop_index(op.f("ix_custody_gap_parcel_id"), table_name="custody_gap")
    op.drop_table("custody_gap")
    op.drop_index(op.f("ix_custody_event_received_at"), table_name="custody_event")
    op.drop_table("custody_event")
    op.drop_index(op.f("ix_route_office_id"), table_name="route")
    op.drop_index(op.f("ix_route_courier_id"), table_name="route")
    op.drop_table("route")
    op.drop_table("plan_unserved")
    op.drop_index(op.f("ix_parcel_holder"), table_name="parcel")
    op.drop_index(op.f("ix_parcel_errand_id"), table_name="parcel")
    op.drop_index(op.f("ix_parcel_dossier_id"), table_name="parcel")
    op.drop_table("parcel")
    op.drop_index(op.f("ix_message_request_id"), table_name="message")
    op.drop_table("message")
    op.drop_table("handover_code")
    op.drop_index(op.f("ix_errand_dossier_dossier_id"), table_name="errand_dossier")
    op.drop_table("errand_dossier")
    op.drop_index(op.f("ix_charge_request_id"), table_name="charge")
    op.drop_table("charge")
    op.drop_table("attempt")
    op.drop_index(op.f("ix_shift_day"), table_name="shift")
    op.drop_table("shift")
    op.drop_index(op.f("ix_errand_state"), table_name="errand")
    op.drop_index(op.f("ix_errand_slot_id"), table_name="errand")
    op.drop_index(op.f("ix_errand_request_id"), table_name="errand")
    op.drop_index(op.f("ix_errand_office_id"), table_name="errand")
    op.drop_table("errand")
    op.drop_index("ux_dossier_code", table_name="dossier", postgresql_where=sa.text("code is not null"))
    op.drop_index(op.f("ix_dossier_request_id"), table_name="dossier")
    op.drop_index(op.f("ix_dossier_desk_id"), table_name="dossier")
    op.drop_table("dossier")
    op.drop_index(op.f("ix_service_request_created_at"), table_name="service_request")
    op.drop_index(op.f("ix_service_request_applicant_id"), table_name="service_request")
    op.drop_table("service_request")
    op.drop_index(op.f("ix_courier_office_id"), table_name="courier")
    op.drop_table("courier")
    op.drop_table("staff_account")
    op.drop_index(op.f("ix_slot_hold_slot_id"), table_name="slot_hold")
    op.drop_table("slot_hold")
    op.drop_index("ux_plan_office_published", table_name="plan_office", postgresql_where=sa.text("published"))
    op.drop_table("plan_office")
    op.drop_index(op.f("ix_desk_unit_code"), table_name="desk")
    op.drop_table("desk")
    op.drop_table("custody_digest")
    op.drop_table("stored_answer")
    op.drop_index(op.f("ix_slot_day"), table_name="slot")
    op.drop_table("slot")
    op.drop_table("required_paper")
    op.drop_index(op.f("ix_plan_day"), table_name="plan")
    op.drop_table("plan")
    op.drop_index(op.f("ix_place_unit_code"), table_name="place")
    op.drop_table("place")
    op.drop_index(op.f("ix_office_unit_code"), table_name="office")
    op.drop_table("office")
    op.drop_index(op.f("ix_former_unit_successor_unit_code"), table_name="former_unit_successor")
    op.drop_table("former_unit_successor")
    op.drop_index(op.f("ix_custody_evidence_applicant_id"), table_name="custody_evidence")
    op.drop_table("custody_evidence")
    op.drop_table("calendar_day")
    op.drop_table("unit")
    op.drop_table("tariff_rate")
    op.drop_table("sign_in_code")
    op.drop_table("remittance_fee")
    op.drop_index("ux_procedure_current", table_name="procedure", postgresql_where=sa.text("current"))
    op.drop_index(op.f("ix_procedure_code"), table_name="procedure")
    op.drop_table("procedure")
    op.drop_index(op.f("ix_planning_day"), table_name="planning")
    op.drop_table("planning")
    op.drop_table("partner")
    op.drop_table("outcome_code")
    op.drop_table("former_unit")
    op.drop_index("ix_audit_event_object", table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_index(op.f("ix_applicant_phone"), table_name="applicant")
    op.drop_table("applicant")
    op.execute("drop sequence parcel_roll")
    op.execute("drop function refuse_change()")
