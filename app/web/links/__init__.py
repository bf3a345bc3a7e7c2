"""The joined systems: how they do, what waits for a person, a dossier's whole exchange, who visits homes."""

from __future__ import annotations

from app.texts.mark import n
from app.web.links import dossiers, inbox, messages, offices, state
from app.web.links.blueprint import SEE, bp
from app.web.navigation import NavItem

__all__ = ["NAVIGATION", "bp", "dossiers", "inbox", "messages", "offices", "state"]

NAVIGATION = (NavItem("links.overview", n("Kết nối"), "globe", SEE),)
