"""All personal data we keep, in one table: which column holds what, what for, on which legal basis, and until when.

Retention, the public notice, the export of a person and the erasure are made from `COLUMNS` and `RULES` alone
(docs/decisions/retention.md). A test refuses a column of text, JSON, bytes or position that stands neither here nor in
`tests/repository/impersonal_columns.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from app.domain.errors import DomainError
from app.domain.file import KEPT_FAULTY_PAPER, KEPT_PHOTO, KEPT_SIGNATURE

TWO_YEARS: Final = 2 * 365 + 1  # days; leap days too
FIVE_YEARS: Final = KEPT_SIGNATURE.days
AUDIT_AT_LEAST: Final = FIVE_YEARS  # the database itself refuses to forget audit earlier (app.models.guards)


class Holds(StrEnum):
    """What a column says of somebody."""

    NAME = "name"
    TELEPHONE = "telephone"
    EMAIL = "email"
    ADDRESS = "address"
    POSITION = "position"
    TONGUE = "tongue"  # what is spoken at home
    WORDS = "words"  # free text that may name anybody
    MESSAGE = "message"
    RECEIVER = "receiver"
    PICTURE = "picture"
    ANSWER = "answer"
    WIRE = "wire"  # what a joined system said, word for word
    IDENTIFIER = "identifier"
    CODE = "code"
    DEEDS = "deeds"  # who did or looked at what
    VOUCHER = "voucher"
    BROWSER = "browser"


class Since(StrEnum):
    """What a period counts from."""

    PERSON_CLOSED = "person_closed"  # the last request of this person closed
    ERRAND_CLOSED = "errand_closed"
    WRITTEN = "written"
    CODE_OVER = "code_over"
    ACCOUNT_CLOSED = "account_closed"


class AtTheEnd(StrEnum):
    EMPTIED = "emptied"
    DELETED = "deleted"  # the row, or the file
    COARSENED = "coarsened"  # a door becomes its commune's own point
    KEPT = "kept"  # by law; erasing a person leaves it


class Basis(StrEnum):
    CONSENT = "consent"
    POSTAL = "postal"
    CUSTODY = "custody"  # who held somebody's original papers is provable
    ACCOUNTING = "accounting"
    ACCOUNTABILITY = "accountability"  # who looked at whom (Law 91/2025)
    EMPLOYMENT = "employment"
    SECURITY = "security"


@dataclass(frozen=True, slots=True)
class KeepingRule:
    """One period. `names_struck_after_days`: free text stays, without the names, from then on. `days` None: for ever."""

    key: str
    days: int | None
    since: Since
    basis: Basis
    public: bool = True  # in the notice to citizens
    names_struck_after_days: int | None = None


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """`since`: the row's own column that the period counts from, where it counts from the row. `kinds`: only rows of these
    kinds, of a table whose rows differ; `but`: all others.
    """

    table: str
    column: str
    holds: Holds
    rule: str
    end: AtTheEnd = AtTheEnd.EMPTIED
    since: str = ""
    kinds: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()

    @property
    def kept_by_law(self) -> bool:
        return self.end is AtTheEnd.KEPT


_RULES: Final = (
    KeepingRule("person", TWO_YEARS, Since.PERSON_CLOSED, Basis.CONSENT),
    KeepingRule("message", 90, Since.WRITTEN, Basis.CONSENT),
    KeepingRule("wish", 30, Since.WRITTEN, Basis.CONSENT),
    KeepingRule("browser", 90, Since.WRITTEN, Basis.CONSENT),
    KeepingRule("incident", FIVE_YEARS, Since.WRITTEN, Basis.POSTAL, names_struck_after_days=TWO_YEARS),
    KeepingRule("note", TWO_YEARS, Since.WRITTEN, Basis.POSTAL),
    KeepingRule("position", 90, Since.ERRAND_CLOSED, Basis.CONSENT),
    KeepingRule("photo", KEPT_PHOTO.days, Since.ERRAND_CLOSED, Basis.CONSENT),
    KeepingRule("faulty_paper", KEPT_FAULTY_PAPER.days, Since.WRITTEN, Basis.CONSENT),
    KeepingRule("receiver", FIVE_YEARS, Since.ERRAND_CLOSED, Basis.POSTAL),
    KeepingRule("code", 90, Since.CODE_OVER, Basis.SECURITY),
    KeepingRule("sign_in", 1, Since.CODE_OVER, Basis.SECURITY, public=False),
    KeepingRule("answer", 90, Since.WRITTEN, Basis.CONSENT),
    KeepingRule("unsettled", TWO_YEARS, Since.WRITTEN, Basis.CUSTODY, public=False),
    KeepingRule("wire", 90, Since.WRITTEN, Basis.CONSENT),
    KeepingRule("audit", FIVE_YEARS, Since.WRITTEN, Basis.ACCOUNTABILITY),
    KeepingRule("staff", FIVE_YEARS, Since.ACCOUNT_CLOSED, Basis.EMPLOYMENT, public=False),
    KeepingRule("staff_contact", 90, Since.ACCOUNT_CLOSED, Basis.EMPLOYMENT, public=False),
    KeepingRule("voucher", None, Since.WRITTEN, Basis.ACCOUNTING),
    KeepingRule("chain", None, Since.WRITTEN, Basis.CUSTODY),
)
RULES: Final[Mapping[str, KeepingRule]] = {rule.key: rule for rule in _RULES}

FIXES: Final = frozenset({"position"})
_PERSON: Final = (
    ("applicant", "name", Holds.NAME),
    ("applicant", "phone", Holds.TELEPHONE),
    ("applicant", "email", Holds.EMAIL),
    ("place", "address", Holds.ADDRESS),
    ("place", "former_name", Holds.ADDRESS),
    ("place", "landmark", Holds.WORDS),
    ("service_request", "helper_name", Holds.NAME),
    ("service_request", "helper_phone", Holds.TELEPHONE),
    ("named_receiver", "name", Holds.NAME),
    ("named_receiver", "id_last4", Holds.IDENTIFIER),
    ("service_request", "tongue", Holds.TONGUE),
    ("service_request", "external_ref", Holds.IDENTIFIER),
    ("errand", "close_reason", Holds.WORDS),
    ("refusal", "reason", Holds.WORDS),
    ("refusal", "legal_basis", Holds.WORDS),
    ("dossier", "result_title", Holds.WORDS),
)
_ENDS: Final = AtTheEnd
COLUMNS: Final[tuple[PersonalColumn, ...]] = (
    *(PersonalColumn(table, column, holds, "person") for table, column, holds in _PERSON),
    PersonalColumn("place", "lon", Holds.POSITION, "person", _ENDS.COARSENED),
    PersonalColumn("place", "lat", Holds.POSITION, "person", _ENDS.COARSENED),
    *(
        PersonalColumn("landmark_share", column, holds, "person", _ENDS.DELETED)
        for column, holds in (
            ("words", Holds.WORDS),
            ("said", Holds.WORDS),
            ("lon", Holds.POSITION),
            ("lat", Holds.POSITION),
        )
    ),
    PersonalColumn("message", "recipient", Holds.TELEPHONE, "message", since="created_at"),
    PersonalColumn("message", "body", Holds.MESSAGE, "message", since="created_at"),
    PersonalColumn("message", "params", Holds.MESSAGE, "message", since="created_at"),
    *(
        PersonalColumn("push_subscription", column, Holds.BROWSER, "browser", AtTheEnd.DELETED, since="used_at")
        for column in ("endpoint", "p256dh", "auth")
    ),
    PersonalColumn("booking_wish", "phone", Holds.TELEPHONE, "wish", _ENDS.DELETED, since="asked_at"),
    PersonalColumn("incident", "note", Holds.WORDS, "incident", since="opened_at"),
    PersonalColumn("incident", "resolution", Holds.WORDS, "incident", since="opened_at"),
    PersonalColumn("operation", "look_note", Holds.WORDS, "note", since="received_at"),
    PersonalColumn("stray_scan", "note", Holds.WORDS, "note", since="received_at"),
    PersonalColumn("claim", "note", Holds.WORDS, "note", since="received_at"),
    PersonalColumn("complaint", "said", Holds.WORDS, "note", since="lodged_at"),
    PersonalColumn("complaint", "answer", Holds.WORDS, "note", since="lodged_at"),
    PersonalColumn("paper_case_step", "note", Holds.WORDS, "note", since="at"),
    PersonalColumn("device", "revoke_reason", Holds.WORDS, "note", since="revoked_at"),
    PersonalColumn("signing_invitation", "form", Holds.ANSWER, "sign_in", _ENDS.DELETED, since="expires_at"),
    PersonalColumn("custody_evidence", "payload", Holds.POSITION, "position", kinds=FIXES),
    PersonalColumn("custody_evidence", "salt", Holds.POSITION, "position", kinds=FIXES),
    PersonalColumn("custody_evidence", "payload", Holds.RECEIVER, "receiver", but=FIXES),
    PersonalColumn("custody_evidence", "salt", Holds.RECEIVER, "receiver", but=FIXES),
    PersonalColumn("stored_file", "body", Holds.PICTURE, "photo", _ENDS.DELETED),
    PersonalColumn("handover_code", "mac", Holds.CODE, "code", _ENDS.DELETED, since="expires_at"),
    PersonalColumn("sign_in_code", "phone_mac", Holds.CODE, "sign_in", _ENDS.DELETED, since="expires_at"),
    PersonalColumn("sign_in_code", "client", Holds.CODE, "sign_in", _ENDS.DELETED, since="expires_at"),
    PersonalColumn("sign_in_session", "phone_mac", Holds.TELEPHONE, "sign_in", _ENDS.DELETED, since="ends_at"),
    PersonalColumn("sign_in_session", "phone_closed", Holds.TELEPHONE, "sign_in", _ENDS.DELETED, since="ends_at"),
    PersonalColumn("operation", "answer", Holds.ANSWER, "answer", since="received_at"),
    PersonalColumn("stored_answer", "body", Holds.ANSWER, "answer", since="created_at"),
    PersonalColumn("operation_payload", "sealed", Holds.ANSWER, "unsettled", _ENDS.DELETED, since="received_at"),
    PersonalColumn("outbox_message", "said", Holds.WIRE, "wire", since="created_at"),
    PersonalColumn("outbox_message", "raw", Holds.WIRE, "wire", since="created_at"),
    PersonalColumn("inbox_message", "raw", Holds.WIRE, "wire", since="received_at"),
    PersonalColumn("audit_event", "detail", Holds.DEEDS, "audit", _ENDS.KEPT, since="at"),
    PersonalColumn("staff_account", "name", Holds.NAME, "staff", since="closed_at"),
    PersonalColumn("staff_account", "username", Holds.IDENTIFIER, "staff", since="closed_at"),
    PersonalColumn("staff_account", "totp_closed", Holds.CODE, "staff_contact", since="closed_at"),
    PersonalColumn("staff_account", "identity", Holds.IDENTIFIER, "staff_contact", since="closed_at"),
    PersonalColumn("staff_account", "password_hash", Holds.CODE, "staff_contact", since="closed_at"),
    PersonalColumn("courier", "name", Holds.NAME, "staff"),
    PersonalColumn("courier", "phone", Holds.TELEPHONE, "staff_contact"),
    PersonalColumn("courier", "tongues", Holds.TONGUE, "staff_contact"),
    PersonalColumn("interpreter", "name", Holds.NAME, "staff_contact", since="closed_at"),
    PersonalColumn("interpreter", "phone", Holds.TELEPHONE, "staff_contact", since="closed_at"),
    PersonalColumn("receipt", "parts", Holds.VOUCHER, "voucher", _ENDS.KEPT),
    PersonalColumn("bank_line", "words", Holds.WIRE, "wire", since="received_at"),
    PersonalColumn("money_confirmation", "parts", Holds.VOUCHER, "voucher", _ENDS.KEPT),
    PersonalColumn("charge", "discount", Holds.VOUCHER, "voucher", _ENDS.KEPT),
    PersonalColumn("custody_event", "commitments", Holds.RECEIVER, "chain", _ENDS.KEPT),
    PersonalColumn("dossier", "code", Holds.IDENTIFIER, "chain", _ENDS.KEPT),
    PersonalColumn("renumbering", "before", Holds.IDENTIFIER, "chain", _ENDS.KEPT),
    PersonalColumn("renumbering", "after", Holds.IDENTIFIER, "chain", _ENDS.KEPT),
    PersonalColumn("entitlement", "asked_code", Holds.IDENTIFIER, "chain", _ENDS.KEPT),
    PersonalColumn("entitlement", "owner_id_last4", Holds.IDENTIFIER, "person"),
)
LEAST_DAYS, MOST_DAYS = 1, 3660


def by_table(*, kept: bool = False) -> Mapping[str, tuple[PersonalColumn, ...]]:
    """The columns of each table that come to an end; with `kept`, those that law keeps."""
    rows = [one for one in COLUMNS if one.kept_by_law is kept]
    return {
        table: tuple(one for one in rows if one.table == table) for table in dict.fromkeys(one.table for one in rows)
    }


def rules_with(changes: str | None) -> Mapping[str, KeepingRule]:
    """The rules with a province's own periods: `message=60,person=365`. Raises `period_malformed`."""
    rules = dict(RULES)
    for part in filter(None, (one.strip() for one in (changes or "").split(","))):
        key, _, days = part.partition("=")
        rule = rules.get(key.strip())
        if rule is None or rule.days is None or not _may_be(rule, days.strip()):
            raise DomainError("period_malformed", kind="invalid", field="TANNHA_KEEP", given=part)
        rules[rule.key] = replace(rule, days=int(days))
    return rules


def _may_be(rule: KeepingRule, days: str) -> bool:
    if not (days.isascii() and days.isdecimal() and LEAST_DAYS <= int(days[:6]) <= MOST_DAYS):
        return False
    return rule.key != "audit" or int(days) >= AUDIT_AT_LEAST


def free_texts() -> tuple[PersonalColumn, ...]:
    """Columns in which anybody may be named: erasing asks a person, field by field."""
    return tuple(one for one in COLUMNS if one.holds is Holds.WORDS)
