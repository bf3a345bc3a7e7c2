"""Deliver a result, or say why the visit was not done."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.commands import DeliverResult, RecordFailure
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import Courier
from app.queries import outcomes, papers
from app.queries.courier_day import parcels_of
from app.services import delivery
from app.texts import say
from app.texts.custody import EVIDENCE
from app.web.auth import staff
from app.web.couriers.room import bp, courier_actor, own_courier, own_errand
from app.web.errors import by_field, faults
from app.web.i18n import gettext as _
from app.web.receiver import read_delivery, say_delivered
from app.web.session import keys, language, now, transaction


def _operation() -> str:
    return request.form.get("operation") or str(uuid4())


@bp.get("/yeu-cau/<uuid:errand_id>/tra")
@staff(Role.COURIER)
def deliver_page(errand_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        return _deliver_page(session, errand_id, {})


@bp.post("/yeu-cau/<uuid:errand_id>/tra")
@staff(Role.COURIER)
def deliver_action(errand_id: UUID) -> ResponseReturnValue:
    try:
        with transaction() as session:
            courier = own_courier(session)
            _errand, stop = own_errand(session, errand_id, courier)
            attempt = delivery.deliver(session, _delivery(errand_id, courier), keys())
            say_delivered(attempt)
            return redirect(url_for("couriers.stop", stop_id=stop.id), 303)
    except DomainError as refusal:
        with transaction() as session:
            return _deliver_page(session, errand_id, by_field(refusal)), 422


def _deliver_page(session: Session, errand_id: UUID, errors: dict[str, str]) -> str:
    courier = own_courier(session)
    errand, stop = own_errand(session, errand_id, courier)
    return render_template(
        "couriers/deliver.html",
        errand=errand,
        stop=stop,
        due=papers.due_of(session, errand),
        parcels=parcels_of(session, [errand.id]),
        given=request.form,
        operation=_operation(),
        errors=errors,
    )


def _delivery(errand_id: UUID, courier: Courier) -> DeliverResult:
    return read_delivery(errand_id, courier_actor(courier), courier_id=courier.id)


@bp.get("/yeu-cau/<uuid:errand_id>/khong-xong")
@staff(Role.COURIER)
def failure_page(errand_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        return _failure_page(session, errand_id, {})


@bp.post("/yeu-cau/<uuid:errand_id>/khong-xong")
@staff(Role.COURIER)
def failure_action(errand_id: UUID) -> ResponseReturnValue:
    try:
        with transaction() as session:
            courier = own_courier(session)
            _errand, stop = own_errand(session, errand_id, courier)
            delivery.record_failure(session, _failure(errand_id, courier))
            flash(_("Đã ghi nhận. Người dân được báo và có thể chọn giờ khác."), "wait")
            return redirect(url_for("couriers.stop", stop_id=stop.id), 303)
    except DomainError as refusal:
        with transaction() as session:
            return _failure_page(session, errand_id, by_field(_missing_in_words(refusal))), 422


def _failure_page(session: Session, errand_id: UUID, errors: dict[str, str]) -> str:
    errand, stop = own_errand(session, errand_id, own_courier(session))
    codes = outcomes.at_the_door(session, errand.kind)
    chosen = next((code for code in codes if code.code == request.values.get("outcome")), None)
    return render_template(
        "couriers/failure.html",
        errand=errand,
        stop=stop,
        codes=codes,
        chosen=chosen,
        asked={key: _(sentence) for key, sentence in EVIDENCE.items()},
        given=request.form,
        operation=_operation(),
        errors=errors,
    )


def _missing_in_words(refusal: DomainError) -> DomainError:
    """`evidence_missing` names a key of the outcome table: say what it asks for instead."""
    for fault in faults(refusal):
        if fault.code == "evidence_missing":
            fault.params["needed"] = say(EVIDENCE[str(fault.params["needed"])], language()).lower()
    return refusal


def _failure(errand_id: UUID, courier: Courier) -> RecordFailure:
    evidence = {
        name.removeprefix("evidence_"): text.strip()
        for name, text in request.form.items()
        if name.startswith("evidence_") and text.strip()
    }
    return RecordFailure(
        errand_id=errand_id,
        outcome=request.form.get("outcome", ""),
        evidence=evidence,
        courier_id=courier.id,
        operation_id=_operation(),
        occurred_at=now(),
        now=now(),
        by=courier_actor(courier),
    )
