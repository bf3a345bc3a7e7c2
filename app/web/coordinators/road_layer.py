"""The roads around an office, drawn under its routes."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.models import Office, RoadLayer
from app.web.auth import check_office
from app.web.coordinators.blueprint import bp, coordinating, not_found
from app.web.road_layer import road_layer_answer
from app.web.session import transaction


@bp.get("/nhan-su/buu-cuc/<int:office_id>/duong.json")
@coordinating
def road_layer(office_id: int) -> ResponseReturnValue:
    with transaction() as session:
        office = session.get(Office, office_id)
        if office is None:
            raise not_found()
        check_office(office.id)
        return road_layer_answer(session.get(RoadLayer, office.unit_code))
