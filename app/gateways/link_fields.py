"""What stands in the operator's file of links, field by field: what is wrong is one sentence at its key."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, ClassVar, Final

from marshmallow import Schema, ValidationError, fields, missing, validates_schema

from app.gateways.link_parts import LinkLimits, SecretSource

FOLDER: Final[ContextVar[Path]] = ContextVar("folder of the file of links")
"""Where files that it names are looked for."""

MISSING: Final = "is missing"
NO_SETTING: Final = "is no setting of ours: correct its name or delete it"
LINE: Final = ("ca_file", "rate_per_minute", "connect_s", "read_s", "whole_s")


class LinkPart(Schema):
    """A table of the file; keys that nobody knows are refused."""

    error_messages: dict[str, str] = {"unknown": NO_SETTING, "type": "must be a table"}  # noqa: RUF012 (marshmallow's)


class LinkField(fields.Field[Any]):
    """Whatever is missing is said alike."""

    default_error_messages: dict[str, Any] = {"required": MISSING, "null": MISSING}  # noqa: RUF012 (marshmallow's)


class TextField(LinkField):
    """Words; empty ones are none."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        del attr, data, more
        if not isinstance(value, str):
            raise ValidationError("must be a text")
        if not value.strip() and self.required:
            raise ValidationError(MISSING)
        return value.strip() or (None if self.load_default is missing else self.load_default)


class UrlField(TextField):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        if text and not text.startswith(("https://", "http://")):
            raise ValidationError("must begin with https:// (or http:// for a system in the same house)")
        return text


class FileField(TextField):
    """A file beside the file of links, or anywhere by its whole path; it has to be there."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        if not text:
            return None
        try:
            path = (FOLDER.get() / text).resolve()
            there = path.exists()
        except (OSError, ValueError, RuntimeError) as error:  # no right to the folder, a NUL, links in a circle
            raise ValidationError(f"names a file that can't be looked for: {error}") from None
        if not there:
            raise ValidationError(f"names {path}, which does not exist")
        return path


class SecondsField(LinkField):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> float:
        del attr, data, more
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise ValidationError("must be a number above 0")
        return float(value)


class AmountField(SecondsField):
    """Messages, đồng or a port: whole ones."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> int:
        return int(super()._deserialize(value, attr, data, **more))


class RateField(LinkField):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> int:
        del attr, data, more
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("must be a whole number")
        if value < 1:
            raise ValidationError("must be at least 1")
        return value


class FlagField(LinkField):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> bool:
        del attr, data, more
        if not isinstance(value, bool):
            raise ValidationError("must be true or false")
        return value


class ItemsField(LinkField):
    """A list, each of whose items is read by `inner`; `what` says how one looks."""

    def __init__(self, inner: fields.Field[Any], what: str, **more: Any) -> None:
        super().__init__(**more)
        self.inner, self.what = inner, what

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any
    ) -> tuple[Any, ...]:
        del attr, data, more
        if not isinstance(value, list):
            raise ValidationError(f"must be {self.what}")
        return tuple(self.inner.deserialize(one) for one in value)


class CodesField(LinkField):
    """A list of codes, numbers as they are written."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> frozenset[str]:
        del attr, data, more
        if not isinstance(value, list) or not all(
            isinstance(one, str | int) and not isinstance(one, bool) for one in value
        ):
            raise ValidationError("must be a list of codes")
        return frozenset(str(one) for one in value)


class VariableField(TextField):
    """The name of a variable of the environment; it has to be set."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        name = super()._deserialize(value, attr, data, **more)
        if name and not os.environ.get(name):
            raise ValidationError(f"names the variable {name}, which is not set")
        return name


class NetworkField(LinkField):
    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any
    ) -> IPv4Network | IPv6Network:
        del attr, data, more
        try:
            return ip_network(str(value))
        except ValueError as error:
            raise ValidationError(f"holds no network: {error}") from None


class NamedPartsField(LinkField):
    """Tables by their names, each read by the same schema."""

    def __init__(self, schema: type[LinkPart], **more: Any) -> None:
        super().__init__(**more)
        self.schema = schema

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> dict[str, Any]:
        del attr, data, more
        if not isinstance(value, dict):
            raise ValidationError("must be a table")
        found: dict[str, Any] = {}
        wrong: dict[str, Any] = {}
        for name, part in value.items():
            try:
                found[name] = self.schema().load(part)
            except ValidationError as error:
                wrong[name] = error.messages
        if wrong:
            raise ValidationError(wrong)
        return found


class TableField(LinkField):
    """As it stands; somebody else reads it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> dict[str, Any]:
        del attr, data, more
        if not isinstance(value, dict):
            raise ValidationError("must be a table")
        return value


class CalledLink(LinkPart):
    """A system that we call: whose certificates to trust, how fast to ask, how long to wait."""

    ca_file = FileField()
    rate_per_minute = RateField()
    connect_s = SecondsField(load_default=3.05)
    read_s = SecondsField(load_default=10.0)
    whole_s = SecondsField(load_default=60.0)


class SecretLink(CalledLink):
    """A called system with secrets: each `…_file`, beside the links file, or `…_env`, a variable; read whenever it is needed."""

    SECRETS: ClassVar[tuple[str, ...]] = ("secret",)

    secret_file = FileField(load_default=None)
    secret_env = VariableField(load_default=None)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def kept_once(self, found: dict[str, Any], original: Any, **_: Any) -> None:
        del found
        if not isinstance(original, Mapping):
            return
        wrong = {}
        for name in self.SECRETS:
            file, variable = (not is_blank(original.get(f"{name}_{where}")) for where in ("file", "env"))
            if (file and variable) or not (file or variable or self.does_without(name, original)):
                wrong[f"{name}_file"] = [f"or {name}_env has to say where the secret is, and one of them only"]
        if wrong:
            raise ValidationError(wrong)

    def does_without(self, name: str, original: Mapping[str, Any]) -> bool:
        """May this secret be left out?"""
        del name, original
        return False


def is_blank(value: object) -> bool:
    """Nothing, or words that say nothing; what is no text at all, its field refuses."""
    return value is None or (isinstance(value, str) and not value.strip())


def secret_in(found: dict[str, Any], name: str = "secret") -> SecretSource:
    """Takes a secret that `SecretLink` read out of `found`."""
    return SecretSource(found.pop(f"{name}_file"), found.pop(f"{name}_env"))


def maybe_secret_in(found: dict[str, Any]) -> SecretSource | None:
    """The same of one that may be left out."""
    secret = secret_in(found)
    return secret if secret.file or secret.variable else None


def line_of(found: dict[str, Any]) -> LinkLimits:
    """Takes what `Called` read out of `found`."""
    return LinkLimits(**{name: found.pop(name) for name in LINE if name in found})


def sentences(messages: Any, key: str = "") -> Iterator[str]:
    """Each fault with the key it stands at: `one_stop.unit_code is missing.`"""
    if isinstance(messages, dict):
        for name, more in messages.items():
            yield from sentences(more, key if name == "_schema" else f"{key}.{name}".lstrip("."))
    else:
        for sentence in messages if isinstance(messages, list) else [messages]:
            yield f"TANNHA_LINKS: {key} {sentence}."
