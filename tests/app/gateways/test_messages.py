"""Who carries messages: the operator of the links file, chosen and checked before anything starts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.config import Settings, SettingsError
from app.domain.errors import DomainError
from app.gateways import allowed_browser, channel, channels, known_links, links_file, push_key, sends_mail
from app.gateways.link_parts import SecretSource
from integrations.messages import Console
from integrations.messages.push import new_key, public_key
from integrations.sandbox.joining import write_links
from tests.fakes.browser import Browser

ESMS = """
[messages.esms]
sender = "TANNHA"
api_key_file = "api-key"
secret_file = "secret"
"""
SPEEDSMS = """
[messages.speedsms]
secret_env = "SPEEDSMS_TOKEN_OF_TESTS"
"""
GATEWAY = """
[messages.http]
url = "https://sms.example/send"
headers = { Authorization = "Bearer {secret}" }
json = { to = "{to}", text = "{text}" }
secret_file = "secret"
code_field = "code"
taken = [0, "00"]
"""

EMAIL = """
[messages.email]
host = "mail.example"
sender = "Tận Nhà <tannha@example.vn>"
username = "tan-nha"
secret_file = "secret"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "secret").write_text("not-a-secret\n")
    (tmp_path / "api-key").write_text("not-a-key\n")
    monkeypatch.setenv("SPEEDSMS_TOKEN_OF_TESTS", "not-a-token")
    return tmp_path


def joined(folder: Path, text: str, sms: str | None = None) -> Settings:
    (folder / "links.toml").write_text(text)
    return Settings(var=folder, links=folder / "links.toml", sms=sms)


def test_the_console_shows_messages_where_nobody_is_joined(tmp_path: Path) -> None:
    settings = Settings(environment="test", var=tmp_path)
    (only,) = channels(settings)
    assert isinstance(only, Console)
    assert channels(settings)[0] is only
    assert known_links(settings) == {}


@pytest.mark.parametrize(
    ("text", "name", "rate"),
    [
        (ESMS, "esms", None),
        (SPEEDSMS, "speedsms", 55),
        (GATEWAY, "http", None),
        (SPEEDSMS + "rate_per_minute = 9\n", "speedsms", 9),
    ],
)
def test_the_operator_of_the_file_carries_messages(folder: Path, text: str, name: str, rate: int | None) -> None:
    settings = joined(folder, text)
    (only,) = channels(settings)
    assert only.name == name
    assert channels(settings) == (only,)
    assert channel(settings, name) is only
    assert known_links(settings) == {f"message:{name}": rate}


def test_a_demonstration_with_its_sandbox_sends_by_the_sandbox(tmp_path: Path) -> None:
    links = write_links(tmp_path / "sandbox", "http://127.0.0.1:40123")
    assert [one.name for one in channels(Settings(var=tmp_path, links=links))] == ["push", "esms"]
    links = write_links(tmp_path / "sandbox-with-letters", "http://127.0.0.1:40123", mail_port=40125)
    assert {one.name for one in channels(Settings(var=tmp_path, links=links))} == {"push", "email", "esms"}


def test_of_several_operators_one_is_chosen(folder: Path) -> None:
    settings = joined(folder, ESMS + SPEEDSMS)
    with pytest.raises(SettingsError, match="TANNHA_SMS is not set, and TANNHA_LINKS names esms and speedsms"):
        channels(settings)
    assert [one.name for one in channels(replace(settings, sms="speedsms"))] == ["speedsms"]


def test_an_operator_that_is_not_described_stops_the_program(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"TANNHA_SMS=speedsms needs the section \[messages.speedsms\]"):
        known_links(joined(folder, ESMS, sms="speedsms"))


def test_production_does_not_start_without_somebody_who_carries_messages(folder: Path) -> None:
    with pytest.raises(SettingsError, match="Nobody carries messages"):
        known_links(replace(joined(folder, ""), environment="production"))


def test_production_refuses_an_operator_that_only_tries(folder: Path) -> None:
    trial = joined(folder, ESMS + "trial = true\n")
    assert known_links(trial) == {"message:esms": None}
    with pytest.raises(SettingsError, match=r"messages\.esms\.trial is true, so nobody is sent anything"):
        known_links(replace(trial, environment="production"))


def test_a_secret_is_read_when_it_is_needed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_file, in_variable = SecretSource(folder / "secret", None), SecretSource(None, "SPEEDSMS_TOKEN_OF_TESTS")
    assert (in_file(), in_variable()) == ("not-a-secret", "not-a-token")
    (folder / "secret").write_text("rotated")
    monkeypatch.setenv("SPEEDSMS_TOKEN_OF_TESTS", "turned")
    assert (in_file(), in_variable()) == ("rotated", "turned")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (ESMS.replace('sender = "TANNHA"', ""), "messages.esms.sender is missing"),
        (ESMS.replace('secret_file = "secret"', ""), "messages.esms.secret_file or secret_env has to say"),
        (ESMS + 'secret_env = "SPEEDSMS_TOKEN_OF_TESTS"\n', "messages.esms.secret_file or secret_env has to say"),
        (ESMS.replace('"secret"', '"nowhere"'), "messages.esms.secret_file names"),
        (ESMS + 'colour = "red"\n', "messages.esms.colour is no setting"),
        (ESMS + "low_balance = -5\n", "messages.esms.low_balance must be a number above 0"),
        (SPEEDSMS.replace("_OF_TESTS", "_OF_NOBODY"), "names the variable SPEEDSMS_TOKEN_OF_NOBODY, which is not set"),
        (SPEEDSMS + "rate_per_minute = 0\n", "messages.speedsms.rate_per_minute must be at least 1"),
        (GATEWAY.replace('taken = [0, "00"]', ""), "messages.http.taken is missing"),
        (GATEWAY.replace('[0, "00"]', "[0.5]"), "messages.http.taken must be a list of codes"),
        (GATEWAY + 'method = "SING"\n', "messages.http.method must be one of"),
        (GATEWAY + 'form = { to = "{to}" }\n', "messages.http.form stands beside json"),
        (GATEWAY.replace('"Bearer {secret}"', "3"), "messages.http.headers must be a table of texts"),
        (
            GATEWAY.replace('"Bearer {secret}"', '"a\\nb"'),
            "messages.http.headers holds 'Authorization', which can't be sent",
        ),
        (GATEWAY.replace("{text}", "{txet}"), "messages.http.json holds {txet}, which nothing stands for"),
        (GATEWAY.replace("sms.example", "sms.example/{id}"), "messages.http.url holds {id}, which nothing stands for"),
        (GATEWAY.replace("{secret}", "{key}"), "messages.http.headers holds {key}"),
        (GATEWAY.replace("{to}", "0900000141"), "messages.http.json says nowhere whom to tell"),
        (GATEWAY.replace("{text}", "hello"), "messages.http.json says nowhere what to tell"),
        (
            GATEWAY.replace('secret_file = "secret"', ""),
            "messages.http.secret_file is missing, and {secret} stands for it",
        ),
        (GATEWAY.replace('text = "{text}"', 'text = "{text}", from = "{sender}"'), "messages.http.sender is missing"),
        (GATEWAY + 'method = "GET"\n', "messages.http.json is a body, and GET has none"),
        (GATEWAY + "drops_repeats = true\n", "messages.http.drops_repeats needs {reference}"),
        (GATEWAY.replace('code_field = "code"', ""), "messages.http.taken lists codes, and code_field does not say"),
        (GATEWAY + "never = [7, 0]\n", "messages.http.never holds 0, and so does taken"),
        (GATEWAY + 'id_field = "data..id"\n', "messages.http.id_field must be the name of a field"),
        (GATEWAY.replace('"code"', '"the code"'), "messages.http.code_field must be the name of a field"),
        (GATEWAY + 'delivered = ["D"]\n', "messages.http.delivered is of reports, and report_state_field"),
        (
            GATEWAY + 'report_url = "https://sms.example/?id={id}"\n',
            "messages.http.report_url asks by their id, and id_field",
        ),
        (
            GATEWAY + 'id_field = "id"\nreport_url = "https://sms.example/"\n',
            "messages.http.report_url asks after no message",
        ),
        (
            GATEWAY + 'id_field = "id"\nreport_url = "https://sms.example/{id}/{to}"\n',
            "messages.http.report_url holds {to}, which nothing stands for",
        ),
        (
            GATEWAY + 'report_state_field = "s"\ndelivered = ["D"]\n',
            "messages.http.report_id_field or report_reference",
        ),
        (GATEWAY + 'report_state_field = "s"\nreport_id_field = "id"\n', "messages.http.delivered is missing"),
        (
            GATEWAY + 'report_state_field = "s"\nreport_id_field = "id"\ndelivered = ["D"]\nfailed = ["D"]\n',
            "messages.http.failed holds D, and so does delivered",
        ),
        (EMAIL + 'security = "hope"\n', "messages.email.security must be one of tls, starttls, none"),
        (EMAIL.replace("Tận Nhà <tannha@example.vn>", "Tận Nhà"), "messages.email.sender must be an address"),
        (EMAIL.replace('secret_file = "secret"', ""), "messages.email.secret_file or secret_env has to say"),
        (EMAIL.replace('username = "tan-nha"', ""), "messages.email.secret_file is no setting"),
        ("[messages.pigeon]\n", "messages.pigeon is no setting"),
        ("messages = 3\n", "messages must be a table"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_key(folder: Path, text: str, key: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(key)):
        links_file(joined(folder, text))


def test_every_mistake_in_the_sections_of_messages_is_told_at_once(folder: Path) -> None:
    text = (
        ESMS.replace('sender = "TANNHA"', "price = 0")
        + GATEWAY.replace('"secret"', '"nowhere"')
        + EMAIL
        + "port = -1\n"
    )
    with pytest.raises(SettingsError) as caught:
        links_file(joined(folder, text))
    for key in (
        "esms.sender is missing",
        "esms.price must be",
        "http.secret_file names",
        "email.port must be a number",
    ):
        assert f"TANNHA_LINKS: messages.{key}" in str(caught.value)


@pytest.mark.parametrize("text", [ESMS, SPEEDSMS, GATEWAY, EMAIL], ids=["esms", "speedsms", "http", "email"])
def test_no_word_of_an_operator_is_a_list(folder: Path, text: str) -> None:
    for key in re.findall(r'^(\w+) = "', text, flags=re.MULTILINE):
        wrong = re.sub(rf"^{key} = .*$", f"{key} = [[]]", text, flags=re.MULTILINE)
        with pytest.raises(SettingsError, match=rf"messages\.\w+\.{key} must be a text"):
            links_file(joined(folder, wrong))


def test_letters_have_a_channel_of_their_own(folder: Path) -> None:
    assert [one.name for one in channels(joined(folder, ESMS + EMAIL))] == ["email", "esms"]
    assert sends_mail(joined(folder, ESMS + EMAIL))
    assert not sends_mail(joined(folder, ESMS))


def test_production_sends_no_letter_that_everybody_on_the_way_reads(folder: Path) -> None:
    plain = joined(folder, ESMS + EMAIL + 'security = "none"\n')
    assert [one.name for one in channels(plain)] == ["email", "esms"]
    with pytest.raises(SettingsError, match="lets everybody on the way read"):
        known_links(replace(plain, environment="production"))


def test_letters_alone_are_no_operator_of_messages(folder: Path) -> None:
    with pytest.raises(SettingsError, match="Nobody carries messages"):
        known_links(replace(joined(folder, EMAIL), environment="production"))


ZNS = """
[messages.zns]
app_id = "4242"
secret_file = "secret"
webhook_secret_file = "secret"
tokens_file = "tokens.json"
templates.booked = { id = "204009", params = ["reference", "slot"] }
"""


def test_zalo_is_asked_before_the_operator_of_sms(folder: Path) -> None:
    (folder / "tokens.json").write_text("{}")
    settings = joined(folder, ESMS + ZNS)
    first, second = channels(settings)
    assert (first.name, first.carries("booked"), first.carries("failed")) == ("zns", True, False)
    assert second.name == "esms"
    assert known_links(settings) == {"message:zns": None, "message:esms": None}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (ZNS.replace("templates.booked", "templates.boooked"), "messages.zns.templates.boooked is no message of ours"),
        (ZNS.replace('"slot"', '"due"'), "messages.zns.templates.booked.params names 'due'"),
        (ZNS.replace('id = "204009", ', ""), "messages.zns.templates.booked.id is missing"),
        (ZNS.replace('tokens_file = "tokens.json"', ""), "messages.zns.tokens_file is missing"),
    ],
)
def test_a_template_that_we_do_not_have_is_said(folder: Path, text: str, key: str) -> None:
    (folder / "tokens.json").write_text("{}")
    with pytest.raises(SettingsError, match=key.replace(".", r"\.")):
        links_file(joined(folder, text))


KEY, OTHER = new_key(), new_key()
PUSH = """
[messages.push]
contact = "mailto:truc@vidu.example"
secret_file = "push-keys"
"""
CHROME = "https://fcm.googleapis.com/fcm/send/c1:APA91b"


def with_keys(folder: Path, *keys: str, text: str = ESMS + PUSH) -> Settings:
    (folder / "push-keys").write_text("".join(f"{key}\n" for key in keys))
    return joined(folder, text)


def test_notices_go_beside_messages_and_a_browser_is_given_the_newest_key(folder: Path) -> None:
    settings = with_keys(folder, KEY, OTHER)
    assert [one.name for one in channels(settings)] == ["push", "esms"]
    assert known_links(settings) == {"message:push": None, "message:esms": None}
    assert push_key(settings) == public_key(KEY)
    assert push_key(joined(folder, ESMS)) is None


def test_a_browser_is_known_by_its_keys_and_its_push_service(folder: Path) -> None:
    settings, told = with_keys(folder, KEY), Browser(CHROME).subscription
    assert allowed_browser(settings, told).server_key == public_key(KEY)
    odd: tuple[Any, ...] = (
        Browser("https://evil.example/push").subscription,
        told | {"keys": {"p256dh": "no", "auth": "no"}},
        told | {"keys": ["p256dh"]},
        told | {"endpoint": 7},
        [],
        None,
    )
    for wrong in odd:
        with pytest.raises(DomainError, match="browser_unknown"):
            allowed_browser(settings, wrong)
    with pytest.raises(DomainError, match="browser_unknown"):
        allowed_browser(joined(folder, ESMS), told)


def test_a_province_may_name_push_services_of_its_own_over_tls_alone_in_production(folder: Path) -> None:
    settings = with_keys(folder, KEY, text=ESMS + PUSH + 'hosts = ["*.push.example"]\n')
    inner = Browser("http://a.push.example:8080/1").subscription
    assert allowed_browser(settings, inner).endpoint == "http://a.push.example:8080/1"
    with pytest.raises(DomainError, match="browser_unknown"):
        allowed_browser(replace(settings, environment="production"), inner)
    with pytest.raises(DomainError, match="browser_unknown"):
        allowed_browser(settings, Browser(CHROME).subscription)


def test_without_a_key_that_is_one_nobody_is_asked_to_allow_notices(folder: Path) -> None:
    settings = with_keys(folder, "not-a-key")
    assert push_key(settings) is None
    with pytest.raises(SettingsError, match="tannha messages push-key"):
        allowed_browser(settings, Browser(CHROME).subscription)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (PUSH.replace("mailto:truc@vidu.example", "truc"), "messages.push.contact must be mailto:"),
        (PUSH + 'hosts = ["https://push.example"]\n', "messages.push.hosts holds 'https://push.example'"),
        (PUSH.replace('secret_file = "push-keys"', ""), "messages.push.secret_file or secret_env has to say"),
        (PUSH + "price = 3\n", "messages.push.price is no setting of ours"),
    ],
)
def test_a_mistake_in_the_section_of_notices_is_said(folder: Path, text: str, key: str) -> None:
    with pytest.raises(SettingsError, match=key.replace(".", r"\.")):
        links_file(with_keys(folder, KEY, text=text))
