"""Operators of messages as schemas: each one's table, and what has to stand in it. Another gateway's own is `gateway_schema`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validates, validates_schema

from app.domain.sending import EMAIL, PUSH
from app.domain.templates import TEMPLATES
from app.gateways.gateway_schema import GatewaySchema
from app.gateways.link_fields import (
    NO_SETTING,
    AmountField,
    FileField,
    FlagField,
    ItemsField,
    LinkField,
    LinkPart,
    NamedPartsField,
    RateField,
    SecretLink,
    TextField,
    UrlField,
    VariableField,
    is_blank,
    line_of,
    maybe_secret_in,
    secret_in,
)
from app.gateways.message_fields import SmsSchema, sms_in
from app.gateways.message_links import (
    ESMS_URL,
    LOW_QUOTA,
    SPEEDSMS_RATE,
    SPEEDSMS_URL,
    ZNS,
    ZNS_OAUTH_URL,
    ZNS_PRICE,
    ZNS_URL,
    EmailLink,
    EsmsLink,
    Security,
    SpeedSmsLink,
    ZnsLink,
)
from app.gateways.notices import PushLink

ADDRESS: Final = re.compile(r"[^@\s<>]+@[^@\s<>]+")
CONTACT: Final = re.compile(r"mailto:[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+|https://[^\s<>]+")
HOST: Final = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+")
PORTS: Final[Mapping[Security, int]] = {"tls": 465, "starttls": 587, "none": 25}
FILLED_IN: Final = frozenset({"reference", "ask", "link", "code", "word"})
"""Parameters that every message has, or gets when it is sent."""


class EsmsSchema(SmsSchema):
    SECRETS = ("api_key", "secret")

    url = UrlField(load_default=ESMS_URL)
    sender = TextField(required=True)
    api_key_file = FileField(load_default=None)
    api_key_env = VariableField(load_default=None)
    trial = FlagField(load_default=False)

    @post_load
    def made(self, found: dict[str, Any], **_: Any) -> EsmsLink:
        return EsmsLink(
            line=line_of(found),
            **sms_in(found),
            api_key=secret_in(found, "api_key"),
            secret=secret_in(found),
            **found,
        )


class SpeedSmsSchema(SmsSchema):
    url = UrlField(load_default=SPEEDSMS_URL)
    sender = TextField(load_default="")
    rate_per_minute = RateField(load_default=SPEEDSMS_RATE)

    @post_load
    def made(self, found: dict[str, Any], **_: Any) -> SpeedSmsLink:
        return SpeedSmsLink(line=line_of(found), **sms_in(found), secret=secret_in(found), **found)


class RegisteredSchema(LinkPart):
    """A template as the operator knows it: its number, and which of our parameters it fills in."""

    id = TextField(required=True)
    params = ItemsField(TextField(), "a list of our parameters", load_default=())


class TemplatesField(NamedPartsField):
    """Our message → the operator's template of it, as (our name, their id, our parameters)."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        found = super()._deserialize(value, attr, data, **more)
        wrong: dict[str, Any] = {}
        for name, one in found.items():
            if name not in TEMPLATES:
                wrong[name] = ["is no message of ours"]
                continue
            strange = next((param for param in one["params"] if param not in TEMPLATES[name].params | FILLED_IN), None)
            if strange is not None:
                wrong[name] = {"params": [f"names {strange!r}, which that message does not have"]}
        if wrong:
            raise ValidationError(wrong)
        return tuple((name, one["id"], one["params"]) for name, one in found.items())


class ZnsSchema(SecretLink):
    SECRETS = ("secret", "webhook_secret")

    url = UrlField(load_default=ZNS_URL)
    token_url = UrlField(load_default=ZNS_OAUTH_URL)
    low_balance = AmountField(load_default=LOW_QUOTA)
    price = AmountField(load_default=ZNS_PRICE)
    app_id = TextField(required=True)
    webhook_secret_file = FileField(load_default=None)
    webhook_secret_env = VariableField(load_default=None)
    tokens_file = FileField(required=True)
    templates = TemplatesField(RegisteredSchema, required=True)

    @post_load
    def made(self, found: dict[str, Any], **_: Any) -> ZnsLink:
        return ZnsLink(
            sender="",
            line=line_of(found),
            secret=secret_in(found),
            webhook_secret=secret_in(found, "webhook_secret"),
            **found,
        )


class EmailSchema(SecretLink):
    host = TextField(required=True)
    port = AmountField()
    security = TextField(load_default="tls")
    sender = TextField(required=True)
    username = TextField(load_default="")

    @validates("security")
    def known(self, value: str, **_: Any) -> None:
        if value not in PORTS:
            raise ValidationError(f"must be one of {', '.join(PORTS)}")

    @validates("sender")
    def an_address(self, value: str, **_: Any) -> None:
        if not ADDRESS.search(value):
            raise ValidationError("must be an address of e-mail")

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def signs_in(self, found: dict[str, Any], original: Any, **_: Any) -> None:
        """Who signs in nowhere has no secret."""
        del found
        if not isinstance(original, Mapping) or not is_blank(original.get("username")):
            return
        wrong = {key: [NO_SETTING] for key in ("secret_file", "secret_env") if key in original}
        if wrong:
            raise ValidationError(wrong)

    def does_without(self, name: str, original: Mapping[str, Any]) -> bool:
        return name == "secret" and is_blank(original.get("username"))

    @post_load
    def made(self, found: dict[str, Any], **_: Any) -> EmailLink:
        return EmailLink(
            url="",
            low_balance=0,
            price=0,
            line=line_of(found),
            port=found.pop("port", PORTS[found["security"]]),
            user=found.pop("username"),
            secret=maybe_secret_in(found),
            **found,
        )


class HostField(LinkField):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> str:
        del attr, data, more
        if not isinstance(value, str) or not HOST.fullmatch(value):
            raise ValidationError(f"holds {value!r}, which is no host: write push.example or *.push.example")
        return value


class PushSchema(SecretLink):
    contact = TextField(required=True)
    hosts = ItemsField(HostField(), "a list of hosts", load_default=())

    @validates("contact")
    def reached(self, value: str, **_: Any) -> None:
        if not CONTACT.fullmatch(value):
            raise ValidationError("must be mailto: and an address of e-mail, or an address with https://")

    @post_load
    def made(self, found: dict[str, Any], **_: Any) -> PushLink:
        return PushLink(
            url="",
            sender=found.pop("contact"),
            low_balance=0,
            price=0,
            line=line_of(found),
            secret=secret_in(found),
            **found,
        )


MessagesSchema = LinkPart.from_dict(
    {
        "esms": fields.Nested(EsmsSchema),
        "speedsms": fields.Nested(SpeedSmsSchema),
        "http": fields.Nested(GatewaySchema),
        ZNS: fields.Nested(ZnsSchema),
        EMAIL: fields.Nested(EmailSchema),
        PUSH: fields.Nested(PushSchema),
    },
    name="MessagesSchema",
)
"""Every operator that the file names, by its name."""
