"""The operator's file of links: what it may say, and what a mistake is told."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.config import Settings, SettingsError
from app.gateways import carrier, known_links, links_file, oidc, one_stop, webhooks
from app.gateways.link_parts import secret_of
from app.gateways.link_schemas import NEEDED, CarrierSchema
from integrations.one_stop import NationalExchange
from integrations.postal import HccCarrier, MyVnpost, OwnCouriers

ONE_STOP = """
[one_stop]
login_url = "https://exchange.example/login"
call_url = "https://exchange.example/call"
unit_code = "H21"
username = "tan-nha"
secret_file = "secret"
rate_per_minute = 600
"""
HCC = """
[carriers.vnpost]
interface = "{interface}"
customer_code = "KH01"
username = "tan-nha"
secret_file = "secret"
token_url = "https://lgsp.example/token"
post_url = "https://lgsp.example/post"
cancel_url = "https://lgsp.example/cancel"
tracking_url = "https://lgsp.example/tracking"
tracking_codes_file = "codes.json"
"""
MYVNPOST = """
[carriers.vnpost]
interface = "C"
customer_code = "KH01"
username = "tan-nha"
secret_file = "secret"
base_url = "https://my.example"
service_code = "HCC"
"""
OIDC = """
[oidc]
issuer = "https://id.example"
client_id = "tan-nha"
roles = { "one-stop-clerk" = "desk_clerk" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("not-a-secret\n")
    (tmp_path / "codes.json").write_text(json.dumps({"70": {"milestone": "delivered", "means": "x", "final": True}}))
    return tmp_path


def joined(folder: Path, text: str) -> Settings:
    (folder / "links.toml").write_text(text)
    return Settings(var=folder, links=folder / "links.toml")


def test_without_a_file_nothing_is_joined(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    assert one_stop(settings) is None
    assert carrier(settings, "vnpost") is None
    assert known_links(settings) == {}


def test_the_exchange_is_made_of_the_file(folder: Path) -> None:
    settings = joined(folder, ONE_STOP)
    assert isinstance(one_stop(settings), NationalExchange)
    assert one_stop(settings) is one_stop(settings)
    assert known_links(settings) == {"one_stop": 600}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (HCC.format(interface="A"), HccCarrier),
        (HCC.format(interface="B-query"), HccCarrier),
        (HCC.format(interface="B-header"), HccCarrier),
        (MYVNPOST, MyVnpost),
        ('[carriers.vnpost]\ninterface = "own"\ncustomer_code = "KH01"\n', OwnCouriers),
    ],
)
def test_each_interface_of_the_carrier_has_its_client(folder: Path, text: str, kind: type) -> None:
    assert isinstance(carrier(joined(folder, text), "vnpost"), kind)


def test_the_provinces_sign_in_is_read(folder: Path) -> None:
    found = oidc(joined(folder, OIDC))
    assert found is not None
    assert (found.role_claim, found.roles, found.citizens) == ("roles", {"one-stop-clerk": "desk_clerk"}, False)


def test_a_secret_is_read_anew_at_every_log_in(folder: Path) -> None:
    read = secret_of(folder / "secret")
    assert read() == "not-a-secret"
    (folder / "secret").write_text("rotated")
    assert read() == "rotated"


def test_webhooks_may_go_to_the_networks_that_are_named(folder: Path) -> None:
    told = joined(folder, '[webhooks]\nnetworks = ["10.12.0.0/16"]\nca_file = "secret"\n')
    development, production = webhooks(told), webhooks(replace(told, environment="production"))
    assert development.reach.anywhere
    assert not production.reach.anywhere
    assert [str(one) for one in production.reach.networks] == ["10.12.0.0/16"]
    assert production.ca_path == folder / "secret"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (OIDC.replace("desk_clerk", "cook"), "oidc.roles"),
        (OIDC.replace("desk_clerk", "courier"), "oidc.roles"),
        (ONE_STOP.replace("https://exchange.example/login", "exchange.example"), "one_stop.login_url"),
        (ONE_STOP.replace('unit_code = "H21"', ""), "one_stop.unit_code is missing"),
        (ONE_STOP.replace('"secret"', '"nowhere"'), "one_stop.secret_file names"),
        (ONE_STOP + 'pasword = "x"\n', "one_stop.pasword is no setting"),
        (ONE_STOP.replace("= 600", "= 0"), "one_stop.rate_per_minute must be at least 1"),
        (ONE_STOP + "read_s = -1\n", "one_stop.read_s must be a number above 0"),
        (HCC.format(interface="Z"), "carriers.vnpost.interface must be one of"),
        (HCC.format(interface="A").replace('"codes.json"', '"secret"'), "tracking_codes_file"),
        (MYVNPOST.replace('service_code = "HCC"', ""), "carriers.vnpost.service_code is missing"),
        (MYVNPOST + 'waybills = ["RT1"]\n', "carriers.vnpost.waybills"),
        ('[webhooks]\nnetworks = ["10.12.0.1/16"]\n', "webhooks.networks holds no network"),
        ('[webhooks]\nnetworks = "10.12.0.0/16"\n', "webhooks.networks must be a list"),
        ('[webhooks]\nca_file = "nowhere"\n', "webhooks.ca_file names"),
        ("[webhooks]\nproxy = 1\n", "webhooks.proxy is no setting"),
        ("one_stop = 3\n", "one_stop must be a table"),
        ("[sms]\n", "sms is no setting"),
        ("[one_stop", "can't be read"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_key(folder: Path, text: str, key: str) -> None:
    with pytest.raises(SettingsError, match=key.replace(".", r"\.")):
        links_file(joined(folder, text))


NO_TEXT = ("[]", "{}", "1", '"  "')


@pytest.mark.parametrize("value", NO_TEXT)
@pytest.mark.parametrize(
    ("interface", "key"),
    [(interface, key) for interface in NEEDED for key in ("interface", "customer_code", *NEEDED[interface])],
)
def test_what_a_carrier_needs_is_words_and_nothing_else(folder: Path, interface: str, key: str, value: str) -> None:
    whole = MYVNPOST if interface == "C" else HCC.format(interface=interface)
    if interface == "own":
        whole = '[carriers.vnpost]\ninterface = "own"\ncustomer_code = "KH01"\n'
    text = re.sub(rf"^{key} = .*$", f"{key} = {value}", whole, flags=re.MULTILINE)
    assert text != whole
    with pytest.raises(SettingsError, match=rf"carriers\.vnpost\.{key} "):
        links_file(joined(folder, text))


@pytest.mark.parametrize("key", sorted(CarrierSchema().fields))
def test_no_key_of_a_carrier_is_a_table(folder: Path, key: str) -> None:
    lines = [line for line in MYVNPOST.splitlines() if not line.startswith(f"{key} =")]
    with pytest.raises(SettingsError, match=rf"carriers\.vnpost\.{key} "):
        links_file(joined(folder, "\n".join([*lines, f"{key} = {{}}"])))


def test_every_mistake_is_told_at_once(folder: Path) -> None:
    text = ONE_STOP.replace('unit_code = "H21"', "").replace("= 600", "= 0") + MYVNPOST.replace('"HCC"', '""')
    with pytest.raises(SettingsError) as caught:
        links_file(joined(folder, text + "[oidc]\n"))
    told = str(caught.value)
    for key in ("one_stop.unit_code", "one_stop.rate_per_minute", "carriers.vnpost.service_code", "oidc.issuer"):
        assert f"TANNHA_LINKS: {key} " in told


@pytest.mark.parametrize("key", ['base_url = "https://x.example"', 'username = "x"', 'secret_file = "secret"'])
def test_what_an_interface_does_not_need_it_does_not_know(folder: Path, key: str) -> None:
    text = f'[carriers.vnpost]\ninterface = "own"\ncustomer_code = "KH01"\n{key}\n'
    with pytest.raises(SettingsError, match=rf"carriers\.vnpost\.{key.split(maxsplit=1)[0]} is no setting of ours"):
        links_file(joined(folder, text))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no such file"):
        links_file(Settings(var=tmp_path, links=tmp_path / "links.toml"))


def test_an_unknown_milestone_is_said_with_its_code(folder: Path) -> None:
    (folder / "codes.json").write_text(json.dumps({"70": {"milestone": "arrived"}}))
    with pytest.raises(SettingsError, match="tracking code 70"):
        carrier(joined(folder, HCC.format(interface="A")), "vnpost")
