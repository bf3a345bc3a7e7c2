"""The roads of each commune for the maps of phones and boards: kept packed, as they go out."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.models import RoadLayer
from app.services import audit


def keep_layers(session: Session, layers: Mapping[str, bytes], by: str, now: datetime) -> int:
    """Put these layers (unit code → JSON) in the place of those of before; return the bytes that they take, packed."""
    session.execute(delete(RoadLayer))
    size = 0
    for unit_code, written in sorted(layers.items()):
        packed = gzip.compress(written, mtime=0)
        session.add(RoadLayer(unit_code=unit_code, digest=hashlib.sha256(written).hexdigest(), packed=packed))
        size += len(packed)
    session.flush()
    audit.record(session, by, "road_layers_told", "reference", "roads", now, communes=len(layers))
    return size
