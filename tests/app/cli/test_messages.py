"""`tannha messages`: the list that an operator registers, and what a day costs."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from itertools import product
from pathlib import Path

import pytest

from app.cli import main
from app.cli.checks import Finding
from app.cli.checks import messages as check_messages
from app.cli.messages import A_DAY, HEAD
from app.config import Settings
from app.database import Database
from app.domain.templates import TEMPLATES
from app.gateways import push_key
from app.texts import LANGUAGES
from app.texts.message_examples import SHORT_PART, longest
from integrations.messages import SmsForm
from integrations.messages.push import public_key

ROOT = Path(__file__).parents[3]
ADDRESS = "https://tan-nha.example.gov.vn"


def test_the_list_for_registration_has_every_text_in_both_accents_and_languages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["messages", "templates", "--csv"]) == 0
    rows = list(csv.DictReader(StringIO(capsys.readouterr().out)))
    assert tuple(rows[0]) == HEAD
    assert {(row["template"], row["language"]) for row in rows} == {
        (name, language) for name in TEMPLATES for language in LANGUAGES
    }
    booked = next(row for row in rows if (row["template"], row["language"]) == ("booked", "vi"))
    assert booked["accented"].startswith("Tận Nhà: đã nhận yêu cầu {reference}. Bưu tá đến {slot}.")
    assert booked["unaccented"].startswith("Tan Nha: da nhan yeu cau {reference}. Buu ta den {slot}.")
    assert all(row["unaccented"].isascii() for row in rows)


@pytest.mark.parametrize("links", [True, False])
def test_whatever_is_sent_is_a_row_of_the_list(
    links: bool,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    section = (
        f'[messages.speedsms]\nsender = "BUUDIEN"\nsecret_file = "secret"\nwithout_links = {str(not links).lower()}\n'
    )
    (tmp_path / "secret").write_text("not-a-secret")
    (tmp_path / "links.toml").write_text(section)
    monkeypatch.setenv("TANNHA_LINKS", str(tmp_path / "links.toml"))
    assert main(["messages", "templates", "--csv"]) == 0
    rows = list(csv.DictReader(StringIO(capsys.readouterr().out)))
    short, long = f"{ADDRESS}/t/{SHORT_PART}", f"{ADDRESS}/{'m' * 80}/t/{SHORT_PART}"
    sent = {
        (
            name,
            language,
            accent,
            SmsForm(accents=accent == "accented", links=links).of(longest(name, language, link), link),
        )
        for name, language, accent, link in product(TEMPLATES, LANGUAGES, ("accented", "unaccented"), (short, long))
    }
    registered: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows:
        registered.setdefault((row["template"], row["language"]), []).append(row)
    assert [
        (name, text)
        for name, language, accent, text in sent
        if not any(_fits(row[accent], text) for row in registered[name, language])
    ] == []
    assert len(sent) > len(TEMPLATES) * len(LANGUAGES)
    assert any("{link}" in row["accented"] for row in rows) is links


def _fits(pattern: str, text: str) -> bool:
    """As an operator compares: a word of ours stands for a few words without a link, `{link}` for one link."""
    said = re.escape(pattern).replace(re.escape("{link}"), r"https://\S+")
    return re.fullmatch(re.sub(r"\\{\w+\\}", r"(?:(?!https?://).)+", said), text) is not None


def test_the_list_names_the_sender_of_the_operator_that_is_joined(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("not-a-secret")
    links = '[messages.speedsms]\nsender = "BUUDIEN"\nsecret_file = "secret"\nprice = 700\nwithout_links = true\n'
    (tmp_path / "links.toml").write_text(links)
    monkeypatch.setenv("TANNHA_LINKS", str(tmp_path / "links.toml"))
    main(["messages", "templates", "--json"])
    assert {one["sender"] for one in json.loads(capsys.readouterr().out)["templates"]} == {"BUUDIEN"}
    main(["messages", "day", "--json"])
    day = json.loads(capsys.readouterr().out)
    assert day["dong"] == day["segments"] * 700
    assert next(one for one in day["lines"] if one["template"] == "accepted_until")["segments"] == 1


def test_the_table_of_a_day_in_the_documents_is_what_the_command_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANNHA_BASE_URL", ADDRESS)
    main(["messages", "day", "--json"])
    day = json.loads(capsys.readouterr().out)
    told = {one["template"]: (one["count"], one["segments"], one["dong"]) for one in day["lines"]}
    written = re.findall(r"^\| `(\w+)` \| (\d+) \| \d+ \| [\d,]+ \| (\d) \| ([\d,]+) \|", _document(), re.MULTILINE)
    assert {name: (int(count), int(each), int(dong.replace(",", ""))) for name, count, each, dong in written} == told
    assert f"{day['segments']:,} segments, {day['dong']:,} đồng" in _document()


def test_every_message_of_a_day_is_one_of_ours() -> None:
    assert A_DAY.keys() <= TEMPLATES.keys()


def _document() -> str:
    return (ROOT / "docs/operators.md").read_text("utf-8")


def test_a_new_key_of_notices_is_a_line_of_their_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["messages", "push-key"]) == 0
    line = capsys.readouterr().out
    (tmp_path / "push-keys").write_text(line)
    (tmp_path / "links.toml").write_text(
        '[messages.push]\ncontact = "mailto:truc@vidu.example"\nsecret_file = "push-keys"\n'
    )
    assert push_key(Settings(var=tmp_path, links=tmp_path / "links.toml")) == public_key(line.strip())


def test_the_doctor_says_that_a_file_of_keys_holds_none(tmp_path: Path, committed: Database) -> None:
    (tmp_path / "push-keys").write_text("not-a-key")
    (tmp_path / "links.toml").write_text(
        '[messages.push]\ncontact = "mailto:truc@vidu.example"\nsecret_file = "push-keys"\n'
    )
    with pytest.raises(Finding, match="tannha messages push-key"):
        check_messages(Settings(var=tmp_path, links=tmp_path / "links.toml"), committed)
