"""One small question to every system that is joined, for `tannha doctor`: does it answer, and as it should?"""

from __future__ import annotations

import hashlib
from typing import Final
from uuid import uuid4

from app.config import Settings
from app.domain.sending import EMAIL, PUSH
from app.gateways import administrative_units, channels, file_store, geocoder, sounds
from app.gateways.roads import DRAWN, travel_times
from integrations.errors import IntegrationError
from integrations.geocoding import locate
from integrations.http import OutsideService
from integrations.messages import Elsewhere, Later, MessageTaken, Never, OutgoingMessage

PATIENCE_S: Final = 5.0
MOST_NAMED: Final = 5
WORDS: Final = "Tan Nha: tin nhan thu cua he thong. Khong can tra loi."
LETTERS: Final = EMAIL  # the channel whose recipients are addresses


class NotWell(Exception):
    """With the way out. `needed`: nobody can work without it."""

    def __init__(self, sentence: str, *, needed: bool = False) -> None:
        super().__init__(sentence)
        self.needed = needed


def files(settings: Settings) -> str:
    """Write, read and delete a file of no meaning."""
    body = uuid4().bytes
    name = hashlib.sha256(body).hexdigest()
    try:
        store = file_store(settings, patience_s=PATIENCE_S)
        store.put(name, body)
        same = store.get(name) == body
        store.delete(name)
    except (IntegrationError, OSError) as error:
        raise NotWell(
            f"The store of files does not work ({error if isinstance(error, IntegrationError) else error.strerror}): "
            "correct TANNHA_FILES and its AWS_… variables; until then photographs wait in the database.",
            needed=True,
        ) from None
    if not same:
        raise NotWell("The store of files gives back something else than it was given: name another one.", needed=True)
    return f"Written, read and deleted in {settings.files_url.split('://')[0]}://…"


def public_address(settings: Settings) -> str:
    """Ask ourselves the way that everybody comes: name, certificate, proxy."""
    whole = OutsideService("our own address", connect_s=PATIENCE_S, read_s=PATIENCE_S, whole_s=PATIENCE_S)
    try:
        told = whole.object_of(whole.call("GET", f"{settings.base_url}/livez"))
    except IntegrationError as error:
        raise NotWell(
            f"{settings.base_url}/livez: {error.reason}. Start `tannha serve`, or correct the proxy, its certificate or "
            "TANNHA_BASE_URL; where this machine may not reach the public address, look from another one."
        ) from None
    if told.get("status") != "ok":
        raise NotWell(f"{settings.base_url}/livez is answered by somebody else: correct the proxy or TANNHA_BASE_URL.")
    return f"{settings.base_url} leads here."


def roads(settings: Settings) -> str:
    if settings.roads is None:
        return "None is named: plans are made on straight lines."
    units, _former = administrative_units()
    places = [(unit.lon, unit.lat) for unit in units]
    try:
        off = travel_times(settings.roads, PATIENCE_S).roads.off_roads(DRAWN, places)
    except IntegrationError as error:
        raise NotWell(
            f"The road server does not work ({error.reason}): start `tannha roads`, or correct TANNHA_ROADS; "
            "until then plans are made on straight lines."
        ) from None
    if sum(off) * 2 > len(off):
        raise NotWell(f"{sum(off)} of {len(off)} units lie off its roads: it was given another province's.")
    return f"It knows roads at {len(off) - sum(off)} of {len(off)} units."


def geocoder_answers(settings: Settings) -> str:
    if settings.geocoder == "gazetteer":
        return "The bundled gazetteer alone: nobody is asked."
    try:
        found = locate(geocoder(settings), "Pleiku, Gia Lai")
    except IntegrationError as error:
        raise NotWell(
            f"The geocoder does not work ({error.reason}): correct TANNHA_GEOCODER_URL, or unset TANNHA_GEOCODER; "
            "until then addresses are looked for in the gazetteer alone."
        ) from None
    if not found:
        raise NotWell("The geocoder knows no Pleiku: it was given another country's data.")
    return f"{settings.geocoder} answers."


def recorded_sound(settings: Settings) -> str:
    """Which recordings the citizens' pages offer."""
    folder = settings.sound
    if folder is None:
        return "None is offered: TANNHA_SOUND names no folder."
    try:
        there = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise NotWell(f"TANNHA_SOUND={folder}: {error.strerror}. Name a folder that this program may read.") from None
    odd = [name for name in there if sounds.sound_file(settings, name) is None]
    if odd:
        some = ", ".join(odd[:MOST_NAMED]) + (", …" if len(odd) > MOST_NAMED else "")
        raise NotWell(
            f"No page offers {some} of {folder}: a recording is called as jra-home.mp3, of {', '.join(sounds.READ_IN)}, of "
            f"{', '.join(sounds.PAGES)}, in {', '.join(sounds.FORMS)}, can be read and is not empty."
        )
    if not there:
        return f"None is offered: {folder} is empty."
    still = sounds.lacking(folder)
    return f"Offered: {', '.join(there)}." + (f" Not recorded: {', '.join(still)}." if still else "")


def send_test_message(settings: Settings, to: str) -> list[tuple[str, str | None]]:
    """A real message to a telephone, or a letter to an address of e-mail, over every channel that carries such; of each its
    name and what was wrong, None where it was taken. Raises ValueError: `to` is neither.
    """
    told: list[tuple[str, str | None]] = []
    able = (one for one in channels(settings) if (one.name == LETTERS) == ("@" in to) and one.name != PUSH)
    for channel in able:
        match channel.send(OutgoingMessage(str(uuid4()), to, WORDS)):
            case MessageTaken():
                told.append((channel.name, None))
            case Later(code=code) | Never(code=code) | Elsewhere(code=code):
                told.append((channel.name, code))
    return told
