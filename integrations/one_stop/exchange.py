"""The national exchange's client: one session, five services, every answer checked (docs/domain.md §4)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from integrations.errors import Rejected, Unavailable
from integrations.http import OutsideService
from integrations.one_stop.answers import DossierFound, ListedProcedure, OwnerOnFile, PublishedProcedure
from integrations.one_stop.messages import DossierRecord, HandlingStep
from integrations.reading import Fields, json_of
from integrations.shared_token import Credentials, SharedToken, token_refused

log = logging.getLogger(__name__)

SESSION_WORDS: Final = re.compile(r"session|phiên (?:làm việc|đăng nhập)", re.IGNORECASE)
ABSENT_WORDS: Final = re.compile(r"không tìm thấy|không tồn tại|not found", re.IGNORECASE)
LONGEST_SENTENCE: Final = 500
Told = TypeVar("Told", DossierFound, OwnerOnFile)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeSettings:
    """Where and who: `unit_code` is our `madonvi`; `dstcode` names the service behind the adapter, when there is one.

    Only 0 is published as success. Which codes mean "log in again", "later" and "no such thing" is not published [A]:
    they are settings, and a sentence that speaks of the session, or says "not found", counts as such too.
    """

    login_url: str
    call_url: str
    unit_code: str
    credentials: Callable[[], Credentials] = field(repr=False)
    dstcode: str | None = None
    expired_codes: frozenset[int] = frozenset({401, 403})
    later_codes: frozenset[int] = frozenset({408, 429, 500, 502, 503, 504})
    absent_codes: frozenset[int] = frozenset({404})


class NationalExchange:
    """Safe for many threads. Each call sends one dossier, so that a bad one never stops the others.

    Every method raises Unavailable (later), Rejected (never; `code` is their `error_code`, `said` their sentence) or
    BadAnswer (`raw` is the answer), and none of them with personal data in its message.
    """

    def __init__(self, settings: ExchangeSettings, caller: OutsideService) -> None:
        self._settings = settings
        self._caller = caller
        self._session = SharedToken(caller.service, self._log_in)

    def sync_dossier(self, dossier: DossierRecord, *, updating: bool) -> None:
        """Tell a dossier (`DongBoHoSoMC`); `updating` when the exchange holds it already."""
        flag = "True" if updating else "False"
        self._ask("DongBoHoSoMC", {"isUpdating": flag, "data": [dossier.wire()]})

    def put_dossier(self, dossier: DossierRecord) -> bool:
        """Tell a dossier whether or not the exchange holds it, so that a retry is no second one; True when it did."""
        known = self.find_dossier(dossier.code) is not None
        self.sync_dossier(dossier, updating=known)
        return known

    def report_progress(self, progress: HandlingStep) -> None:
        """Tell one step (`CapNhatTienDoHoSoMC`); the same step told again is the same step: same time, same words."""
        self._ask("CapNhatTienDoHoSoMC", {"data": [progress.wire()]})

    def find_dossier(self, code: str) -> DossierFound | None:
        """Return a dossier by its code (`TraCuuHoSo`), or None when the exchange holds none."""
        return self._found(code, DossierFound.read)

    def find_owner(self, code: str) -> OwnerOnFile | None:
        """Return whose dossier it is, and which unit has it; None when the exchange holds none."""
        return self._found(code, OwnerOnFile.read)

    def _found(self, code: str, read: Callable[[Fields], Told]) -> Told | None:
        answer = self._look("TraCuuHoSo", {"mahoso": code})
        if answer is None:
            return None
        found = [read(row) for row in answer.rows("result")]
        if any(one.code != code for one in found):
            raise answer.bad("result", "names another dossier than the one asked for")
        if any(one != found[0] for one in found):
            raise answer.bad("result", "tells the dossier twice, and the rows contradict each other")
        return found[0] if found else None

    def list_procedures(self) -> tuple[ListedProcedure, ...]:
        """Return the procedures published for our unit (`LayDanhSachTTHC`)."""
        return tuple(ListedProcedure.read(row) for row in self._ask("LayDanhSachTTHC", {}).rows("result"))

    def find_procedure(self, code: str) -> PublishedProcedure | None:
        """Return ways, times, fees and papers of a procedure (`LayThuTuc`), or None when nothing is published."""
        answer = self._look("LayThuTuc", {"maTTHC": code})
        if answer is None:
            return None
        if not answer.has("result"):
            return PublishedProcedure.read(answer, code)
        found = answer.rows("result") if isinstance(answer.values["result"], list) else (answer.inner("result"),)
        return PublishedProcedure.read(found[0], code) if found else None

    def _ask(self, service: str, body: Mapping[str, Any]) -> Fields:
        return self._session.call(lambda session: self._ask_with(session, service, body), self._expired)

    def _look(self, service: str, body: Mapping[str, Any]) -> Fields | None:
        try:
            return self._ask(service, body)
        except Rejected as refusal:
            codes = {str(code) for code in self._settings.absent_codes}
            if refusal.code in codes or ABSENT_WORDS.search(refusal.said or ""):
                return None
            raise

    def _ask_with(self, session: str, service: str, body: Mapping[str, Any]) -> Fields:
        sent = {"session": session, "madonvi": self._settings.unit_code, "service": service, **body}
        answer = self._post(self._settings.call_url, sent)
        log.debug("%s answered %s", self._caller.service, service)
        return answer

    def _log_in(self) -> str:
        who = self._settings.credentials()
        answer = self._post(self._settings.login_url, {"username": who.username, "password": who.password})
        log.info("%s: logged in", self._caller.service)
        return answer.text("session")

    def _post(self, url: str, body: Mapping[str, Any]) -> Fields:
        headers = {"dstcode": self._settings.dstcode} if self._settings.dstcode else {}
        raw = self._caller.call("POST", url, json=body, headers=headers).content
        answer = Fields.of(self._caller.service, json_of(self._caller.service, raw), raw)
        return self._accepted(answer)

    def _accepted(self, answer: Fields) -> Fields:
        """Return the answer when `error_code` is 0 (`"00"` counts): a 200 that says "failed" is a failure."""
        code = answer.integer("error_code")
        if code == 0:
            return answer
        if code in self._settings.later_codes:
            raise Unavailable(self._caller.service, f"answered error_code {code}")
        raise Rejected(self._caller.service, f"answered error_code {code}", code=str(code), said=_sentence(answer))

    def _expired(self, refusal: Rejected) -> bool:
        codes = {str(code) for code in self._settings.expired_codes}
        return token_refused(refusal) or refusal.code in codes or bool(SESSION_WORDS.search(refusal.said or ""))


def _sentence(answer: Fields) -> str | None:
    said = [answer.values.get(name) for name in ("error_message", "message", "errormessage", "description")]
    return next((text[:LONGEST_SENTENCE] for text in said if isinstance(text, str) and text), None)
