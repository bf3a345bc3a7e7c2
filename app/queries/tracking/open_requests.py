"""What else somebody has under way who is to be called: one call then answers for all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errand import OPEN
from app.models import Applicant, Errand, ServiceRequest
from app.queries.visible import Offices, within

NUMBER = func.coalesce(Applicant.phone, ServiceRequest.helper_phone)


def open_requests(session: Session, numbers: Collection[str], office_ids: Offices) -> Mapping[str, list[str]]:
    """By telephone: the references of the requests with a visit under way, newest first, as far as the offices may be seen."""
    found: dict[str, list[str]] = defaultdict(list)
    if not numbers:
        return found
    under_way = (
        select(NUMBER, ServiceRequest.reference)
        .join(Applicant, Applicant.id == ServiceRequest.applicant_id)
        .join(Errand, Errand.request_id == ServiceRequest.id)
        .where(NUMBER.in_(numbers), Errand.state.in_(OPEN), *within(Errand.office_id, office_ids))
        .group_by(NUMBER, ServiceRequest.id)
        .order_by(ServiceRequest.created_at.desc(), ServiceRequest.id)
    )
    for number, reference in session.execute(under_way):
        found[number].append(reference)
    return found
