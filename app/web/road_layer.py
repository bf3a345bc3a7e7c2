"""A commune's roads as they go to a map: packed as they are kept, once a change."""

from __future__ import annotations

import gzip
import json
from typing import Final

from flask import Response, request
from flask.typing import ResponseReturnValue

from app.models import RoadLayer

NONE: Final = json.dumps({"unit": 0.00001, "lines": []}).encode()


def road_layer_answer(layer: RoadLayer | None) -> ResponseReturnValue:
    """304 for who has it; without a layer a map has no roads to draw, and says nothing."""
    written = gzip.decompress(layer.packed) if layer is not None and not request.accept_encodings["gzip"] else NONE
    answer = Response(written, mimetype="application/json")
    if layer is not None and request.accept_encodings["gzip"]:
        answer.set_data(layer.packed)
        answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    answer.set_etag(layer.digest if layer is not None else "none", weak=True)
    return answer.make_conditional(request)
