"""The operator's file of links as schemas: one table a system, and what has to stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validates, validates_schema

from app.domain.bank import LONGEST_ACCOUNT, BankAccount
from app.domain.identity import Role
from app.gateways.link_fields import (
    MISSING,
    NO_SETTING,
    CalledLink,
    FileField,
    FlagField,
    ItemsField,
    LinkField,
    LinkPart,
    NamedPartsField,
    NetworkField,
    TableField,
    TextField,
    UrlField,
    is_blank,
    line_of,
)
from app.gateways.links import BankLink, CarrierLink, OidcLink, OneStopLink, WebhookLink
from app.gateways.message_schemas import MessagesSchema
from app.services.reference.files import BadReference, Row, json_of, table_rows, unique

OF_THE_HOUSE: Final = ("token_url", "post_url", "cancel_url", "tracking_url")
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "A": (*OF_THE_HOUSE, "username", "secret_file", "tracking_codes_file"),
    "B-query": (*OF_THE_HOUSE, "username", "secret_file", "tracking_codes_file"),
    "B-header": (*OF_THE_HOUSE, "username", "secret_file", "tracking_codes_file"),
    "C": ("base_url", "username", "secret_file", "service_code"),
    "own": (),
}
"""What a carrier's interface has to be told; of these keys, what it does not need it does not know."""
URLS: Final = (*OF_THE_HOUSE, "base_url", "price_url")
OF_SOME: Final = frozenset({*OF_THE_HOUSE, "base_url", "username", "secret_file"})
PLACE_COLUMNS: Final = ("unit_code", "province_code", "district_code", "commune_code")
BIN: Final = 6
# a courier's account comes with the courier, and lives on a phone
OF_STAFF: Final = tuple(sorted(set(Role) - {Role.COURIER}))


class PairField(LinkField):
    """[first, last]"""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any
    ) -> tuple[str, str]:
        del attr, data, more
        match value:
            case [first, last]:
                return str(first), str(last)
            case _:
                raise ValidationError("must be a list of [first, last]")


class TrackingCodesField(FileField):
    """A JSON file: the carrier's code → what it means."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        path = super()._deserialize(value, attr, data, **more)
        if path is None:
            return {}
        try:
            table = json_of(path)
        except BadReference as fault:
            raise ValidationError(f"names {path}: {fault.where}, {fault.problem}") from None
        if not isinstance(table, dict) or not all(isinstance(entry, dict) for entry in table.values()):
            raise ValidationError("must hold one object of codes")
        return table


class PlacesField(FileField):
    """A table: our unit's code → the operator's codes of province, district and commune."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        path = super()._deserialize(value, attr, data, **more)
        if path is None:
            return {}
        try:
            return dict(unique(table_rows(path, PLACE_COLUMNS), _place, lambda place: place[0]))
        except BadReference as fault:
            raise ValidationError(f"names {path}: {fault}") from None


def _place(row: Row) -> tuple[str, tuple[str, str, str]]:
    return row.text("unit_code"), (row.text("province_code"), row.text("district_code"), row.text("commune_code"))


class OneStopSchema(CalledLink):
    login_url = UrlField(required=True)
    call_url = UrlField(required=True)
    unit_code = TextField(required=True)
    username = TextField(required=True)
    secret_file = FileField(required=True)
    dstcode = TextField(load_default=None)

    @post_load
    def made(self, found: dict[str, Any], **_: Any) -> OneStopLink:
        return OneStopLink(line=line_of(found), **found)


class CarrierSchema(CalledLink):
    interface = TextField(required=True)
    customer_code = TextField(required=True)
    username = TextField(load_default="")
    secret_file = FileField(load_default=None)
    token_url = UrlField()
    post_url = UrlField()
    cancel_url = UrlField()
    tracking_url = UrlField()
    base_url = UrlField()
    price_url = UrlField()
    service_code = TextField(load_default="")
    contract_code = TextField(load_default=None)
    webhook_key_files = ItemsField(FileField(required=True), "a list", load_default=())
    tracking_codes_file = TrackingCodesField(load_default={})
    waybills = ItemsField(PairField(), "a list of [first, last]", load_default=())
    province_code = TextField(load_default="52")
    places_file = PlacesField(load_default={})
    contact_phone = TextField(load_default="1022")

    @validates("interface")
    def known(self, value: str, **_: Any) -> None:
        if value not in NEEDED:
            raise ValidationError(f"must be one of {', '.join(NEEDED)}")

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def fits(self, found: dict[str, Any], original: Any, **_: Any) -> None:
        """Each interface has keys of its own."""
        del found
        interface = original.get("interface") if isinstance(original, Mapping) else None
        if not isinstance(interface, str) or interface not in NEEDED:
            return
        needed = NEEDED[interface]
        wrong = {key: [MISSING] for key in needed if is_blank(original.get(key))}
        wrong |= {key: [NO_SETTING] for key in sorted(OF_SOME & original.keys()) if key not in needed}
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def made(self, found: dict[str, Any], **_: Any) -> CarrierLink:
        return CarrierLink(
            name="",
            line=line_of(found),
            urls={key: url for key in URLS if (url := found.pop(key, None))},
            tracking_codes=found.pop("tracking_codes_file"),
            places=found.pop("places_file"),
            **found,
        )


class RolesField(TableField):
    """What a claim says → which role of ours that is."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> dict[str, str]:
        roles = super()._deserialize(value, attr, data, **more)
        for claim, role in roles.items():
            if role not in OF_STAFF:
                raise ValidationError(
                    f"gives {claim} the role {role!r}, which does not exist: write {', '.join(OF_STAFF)}"
                )
        return {str(claim): str(role) for claim, role in roles.items()}


class OidcSchema(LinkPart):
    issuer = UrlField(required=True)
    client_id = TextField(required=True)
    secret_file = FileField(load_default=None)
    role_claim = TextField(load_default="roles")
    desk_claim = TextField(load_default="desk")
    office_claim = TextField(load_default="office")
    roles = RolesField(load_default={})
    citizens = FlagField(load_default=False)
    ca_file = FileField(load_default=None)

    @post_load
    def made(self, found: dict[str, Any], **_: Any) -> OidcLink:
        return OidcLink(**found)


class WebhooksSchema(LinkPart):
    networks = ItemsField(NetworkField(), 'a list such as ["10.12.0.0/16"]', load_default=())
    ca_file = FileField(load_default=None)

    @post_load
    def made(self, found: dict[str, Any], **_: Any) -> WebhookLink:
        return WebhookLink(**found)


class BankSchema(LinkPart):
    bin = TextField(required=True)
    account = TextField(required=True)
    name = TextField(required=True)
    state_fees = FlagField(load_default=False)
    webhook_key_file = FileField(load_default=None)

    @validates("bin")
    def six_digits(self, value: str, **_: Any) -> None:
        if not (len(value) == BIN and value.isascii() and value.isdecimal()):
            raise ValidationError("must be the bank's six digits of NAPAS, such as 970403")

    @validates("account")
    def a_number(self, value: str, **_: Any) -> None:
        if not (len(value) <= LONGEST_ACCOUNT and value.isascii() and value.isalnum()):
            raise ValidationError(f"must be an account's letters and digits, at most {LONGEST_ACCOUNT}")

    @post_load
    def made(self, found: dict[str, Any], **_: Any) -> BankLink:
        account = BankAccount(found["bin"], found["account"], found["name"], found["state_fees"])
        return BankLink(account, found["webhook_key_file"])


class LinksFileSchema(LinkPart):
    """The whole file."""

    one_stop = fields.Nested(OneStopSchema)
    carriers = NamedPartsField(CarrierSchema, load_default={})
    oidc = fields.Nested(OidcSchema)
    webhooks = fields.Nested(WebhooksSchema)
    messages = fields.Nested(MessagesSchema, load_default={})
    bank = fields.Nested(BankSchema)
