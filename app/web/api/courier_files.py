"""Photographs and signatures from phones: in parts, resumable, known by the SHA-256 of what they show."""

from __future__ import annotations

from flask import Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from app.domain.errors import DomainError
from app.domain.file import LARGEST_PART, parse_part, parse_sha256
from app.services.evidence import file_quota, files
from app.services.evidence.files import UploadProgress
from app.web.api import courier_examples as examples
from app.web.api.answering import ByPhone, by_phone
from app.web.auth import current_device, phone_upload
from app.web.errors import answer_domain_error
from app.web.session import keys, now, transaction

bp = Blueprint("courier-files", __name__, url_prefix="/api/v1/courier/files", description="Ảnh và chữ ký từ điện thoại")


ASK = ByPhone(phone_upload, {200: examples.FILE_COMING}, refusals=(401, 404, 422))
BRING = ByPhone(
    access=phone_upload,
    answers={200: examples.FILE_COMING, 201: examples.FILE_WHOLE},
    refusals=(401, 404, 409, 413, 422, 503),
    parameters=(examples.CONTENT_RANGE,),
    body=examples.FILE_PART,
)


@by_phone(bp, "GET", "/<sha256>", ASK)
def show_progress(sha256: str) -> ResponseReturnValue:
    """How much of the file is here"""
    with transaction() as session:
        return _told(files.progress(session, parse_sha256(sha256)))


@by_phone(bp, "PUT", "/<sha256>", BRING)
def take_part(sha256: str) -> ResponseReturnValue:
    """The next part of the sealed file; 201 when it is whole and its hash is proved, 409 with where to go on"""
    if (request.content_length or 0) > LARGEST_PART:
        raise DomainError("file_too_big", kind="invalid", field="file", most=2)
    part = parse_part(request.headers.get("Content-Range", ""), request.get_data(cache=False))
    name, device = parse_sha256(sha256), current_device()
    with transaction() as session:
        full = file_quota.over_quota(session, device, name, part.total, now())
        taken = full or files.take_part(session, name, part, device.id, now(), keys())
    return _refused(taken) if isinstance(taken, DomainError) else _told(taken)


def _told(progress: UploadProgress) -> Response:
    answer = jsonify(received=progress.received, total=progress.total, state=progress.state)
    if progress.state == files.WHOLE and request.method == "PUT":
        answer.status_code = 201
    return answer


def _refused(refusal: DomainError) -> Response:
    """The problem, with where to go on, or when."""
    answer = make_response(answer_domain_error(refusal))
    if "come_again_s" in refusal.params:
        answer.headers["Retry-After"] = str(refusal.params["come_again_s"])
    if "received" in refusal.params:
        told = answer.get_json() | {"received": refusal.params["received"]}
        answer.set_data(jsonify(told).get_data())
    return answer
