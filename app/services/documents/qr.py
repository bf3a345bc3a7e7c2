"""QR codes as SVG, for sheets and pages."""

from __future__ import annotations

import io
from base64 import b64encode

import segno


def qr_svg(text: str, *, scale: int = 4, border: int = 2) -> str:
    """An inline `<svg>` without an XML heading; medium correction, since leaflets get creased."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", scale=scale, border=border, xmldecl=False, svgns=True, omitsize=False, dark="#23201b"
    )
    return out.getvalue().decode()


def qr_image(text: str) -> str:
    """The same as the address of an `<img>`: a page writes no markup that a template did not."""
    return "data:image/svg+xml;base64," + b64encode(qr_svg(text).encode()).decode()
