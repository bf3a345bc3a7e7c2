"""Citizens sign in with a code sent to their telephone and see what was asked from it."""

from __future__ import annotations

from io import BytesIO

from flask import redirect, render_template, request, send_file, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.identity import PhoneNumber, masked_phone, parse_phone
from app.domain.personal_data import rules_with
from app.queries.tracking import requests
from app.services.evidence.person_export import export_person, packed
from app.services.staff import access
from app.web.auth import citizen, current_citizen_phone, public, safe_next, sign_in_citizen, sign_out, signed_in_phone
from app.web.citizens import tracked
from app.web.citizens.blueprint import bp
from app.web.errors import by_field, status_of
from app.web.identity import offered
from app.web.limits import client, looks, phone_tries
from app.web.session import keys, language, now, settings, transaction


@bp.get("/xac-nhan-so")
@public
def sign_in_page() -> ResponseReturnValue:
    if signed_in_phone():
        return redirect(safe_next(request.args.get("tiep"), url_for("citizens.my_requests")))
    return _page({}, "", request.args.get("tiep", ""))


@bp.post("/xac-nhan-so")
@public
@phone_tries
def send_code() -> ResponseReturnValue:
    typed, wanted = request.form.get("phone", "")[:30], request.form.get("tiep", "")
    try:
        phone = parse_phone(typed)
        with transaction() as session:
            access.send_sign_in_code(session, phone, now(), keys(), language(), client())
    except DomainError as error:
        return _page(by_field(error), typed, wanted), status_of(error)
    cookie["asked"] = phone
    return redirect(url_for("citizens.sign_in_code_page", tiep=wanted or None), 303)


def _page(errors: dict[str, str], phone: str, wanted: str) -> str:
    return render_template(
        "citizens/sign_in.html", errors=errors, phone=phone, wanted=wanted, by_province=offered(citizen=True)
    )


@bp.route("/xac-nhan-so/ma", methods=["GET", "POST"])
@public
@phone_tries
def sign_in_code_page() -> ResponseReturnValue:
    phone = cookie.get("asked")
    if not phone:
        return redirect(url_for("citizens.sign_in_page"))
    wanted = request.values.get("tiep", "")
    refusal = _check(phone, request.form.get("code", "")[:20]) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        cookie.pop("asked")
        sign_in_citizen(phone)
        return redirect(safe_next(wanted, url_for("citizens.my_requests")), 303)
    errors = by_field(refusal) if refusal else {}
    page = render_template(
        "citizens/code.html",
        errors=errors, wanted=wanted, phone=masked_phone(phone), on_console=settings().sms == "console",
    )  # fmt: skip
    return page, status_of(refusal) if refusal else 200


def _check(phone: PhoneNumber, code: str) -> DomainError | None:
    with transaction() as session:
        return access.check_sign_in_code(session, phone, code, now(), keys())


@bp.post("/thoat")
@public
def sign_out_action() -> ResponseReturnValue:
    sign_out()
    return redirect(url_for("citizens.home"), 303)


@bp.get("/yeu-cau")
@citizen
def my_requests() -> ResponseReturnValue:
    return _mine()


def _mine(not_mine: str = "") -> str:
    """`not_mine`: the code that was looked for, where this telephone has no request that bears it."""
    phone = current_citizen_phone()
    with transaction() as session:
        found = requests.by_phone(session, phone)
    mine = any(row.applicant.phone == phone for row in found)
    return render_template(
        "citizens/my_requests.html", found=found, not_mine=not_mine, mine=mine, phone=masked_phone(phone)
    )


@bp.post("/yeu-cau/du-lieu")
@citizen
@looks
def my_data_file() -> ResponseReturnValue:
    """All that we keep of whoever booked with this telephone; of those whom its owner only helped nothing."""
    phone = current_citizen_phone()
    with transaction() as session:
        own = sorted({row.applicant_id for row in requests.by_phone(session, phone) if row.applicant.phone == phone})
        if not own:
            raise DomainError("not_found", kind="not_found")
        by = f"citizen:{own[0]}"
        body = packed(export_person(session, own, rules_with(settings().keep), by, now(), language()))
    name = "du-lieu-cua-toi.zip"
    return send_file(BytesIO(body), mimetype="application/zip", download_name=name, as_attachment=True)


@bp.get("/yeu-cau/<reference>")
@citizen
def my_request(reference: str) -> ResponseReturnValue:
    """By any code of it. A code is no secret: it opens only for the telephone that the request was booked with.

    A link that ran out still shows the closed request to its owner, who has signed in.
    """
    try:
        with transaction() as session:
            row = requests.by_phone_and_code(session, current_citizen_phone(), reference)
            if row.tracking_until is None or row.tracking_until > now():
                return redirect(url_for("citizens.tracking_page", token=row.tracking_token))
            told = tracked.present(session, row, now(), language())
            return render_template("citizens/tracking.html", token=row.tracking_token, closed=True, **told)
    except DomainError as error:
        if error.code != "not_found":
            raise
        return _mine(not_mine=reference), status_of(error)
