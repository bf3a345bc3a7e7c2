"""A sheet to print, shown by the browser and kept by nobody on the way."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file


def pdf(sheet: bytes, name: str) -> Response:
    """`name` without ending; no personal data in it, since it stays in the list of downloads."""
    return send_file(BytesIO(sheet), mimetype="application/pdf", download_name=f"{name}.pdf", max_age=0)
