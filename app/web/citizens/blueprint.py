"""The citizens' pages: one column, one question a page, everything works without script."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint

from app.web import tabs

bp = Blueprint("citizens", __name__)

OF_A_TAB: Final = frozenset(
    {
        *(f"citizens.{name}_page" for name in (
            "procedure", "cases", "dossiers", "commune", "address", "person", "contact", "helper", "code", "slot", "confirm", "booked",
            "call_promised",
        )),
        "citizens.ask_for_call",
        "citizens.start_again",
        "citizens.forget_number",
        "counter.print_code",
    }
)  # fmt: skip
"""Pages of a booking: on such a page every address of another one names the same tab."""


@bp.app_url_defaults
def name_the_tab(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint in OF_A_TAB:
        tab = tabs.here()
        if tab is not None:
            values.setdefault(tabs.NAME, tab)
