"""What people speak at home, as a form asks and a card tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.domain.tongue import Tongue
from app.texts.mark import n

TONGUES: Final[Mapping[Tongue, str]] = {
    Tongue.KINH: n("Tiếng Kinh"),
    Tongue.JRAI: n("Tiếng Jrai"),
    Tongue.BAHNAR: n("Tiếng Ba Na"),
    Tongue.OTHER: n("Tiếng khác"),
}
AWAITED: Final[Mapping[Tongue, str]] = {Tongue.JRAI: "Jrai", Tongue.BAHNAR: "Bahnar"}
"""Languages whose catalogues wait for native translators, as those who speak them say; until then pages are Vietnamese."""
