import re

import pytest

from app.domain.errors import DomainError
from app.domain.templates import LONGEST, TEMPLATES, short, template
from app.texts import LANGUAGES, say
from app.texts.message_examples import SHORT_PART, VALUES, longest
from app.texts.messages import AT_THE_OFFICE
from integrations.messages import SmsForm, segments

BASE = "https://buudien-tan-nha.gialai.gov.vn"  # as long as a province's address may be
LINK = f"{BASE}/t/{SHORT_PART}"
SENDS_NO_LINK = {"sign_in_code", "evening_before_result"}


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_names_what_it_needs(name: str) -> None:
    found = template(name)
    assert set(re.findall(r"%\((\w+)\)s", found.sentence)) - {"reference", "ask"} == found.params


@pytest.mark.parametrize("name", sorted(TEMPLATES.keys() - SENDS_NO_LINK))
def test_the_link_stands_behind_a_whole_sentence(name: str) -> None:
    assert template(name).sentence.endswith(". {link}")


@pytest.mark.parametrize("name", sorted(TEMPLATES.keys() - {"sign_in_code"}))
def test_every_message_names_the_request_and_whom_to_ask(name: str) -> None:
    assert {"%(reference)s", "%(ask)s"} <= set(re.findall(r"%\(\w+\)s", template(name).sentence))


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_secrets_are_places_only(name: str) -> None:
    assert set(re.findall(r"\{(\w+)\}", template(name).sentence)) <= {"code", "link", "word"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_message_costs_two_segments_at_the_most_and_a_code_one(name: str, language: str) -> None:
    whom = VALUES["ask"], say(AT_THE_OFFICE, language)
    for sent in (segments(SmsForm().of(longest(name, language, LINK, ask), LINK)) for ask in whom):
        assert not sent.accented
        assert sent.count <= (1 if template(name).secret else 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whom_to_ask_is_said_whole(language: str) -> None:
    office = say(AT_THE_OFFICE, language)
    assert short("ask", office) == office


LINK_DOES_NOT_FIT = {"failed_held", "refused"}


@pytest.mark.parametrize("name", sorted(TEMPLATES.keys() - SENDS_NO_LINK - LINK_DOES_NOT_FIT))
def test_the_link_fits_into_both_segments(name: str) -> None:
    assert SmsForm().of(longest(name, "vi", LINK), LINK).endswith(LINK)


def test_what_people_write_is_cut_between_two_words() -> None:
    assert short("reason", "Thiếu giấy tờ") == "Thiếu giấy tờ"
    cut = short("reason", "một hai ba, " * 20)
    assert cut.endswith("ba…")
    assert len(cut.replace("…", "...")) <= LONGEST["reason"]
    assert len(short("office", "x" * 80).replace("…", "...")) == LONGEST["office"]
    assert short("slot", "x" * 500) == "x" * 500


def test_the_code_goes_with_the_evening_before_and_nowhere_else() -> None:
    assert {name for name in TEMPLATES if TEMPLATES[name].secret} == {"evening_before_result", "sign_in_code"}


def test_the_word_that_the_courier_says_first_goes_with_the_evening_before() -> None:
    assert {name for name in TEMPLATES if "{word}" in TEMPLATES[name].sentence} == {
        "evening_before", "evening_before_result",
    }  # fmt: skip


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(DomainError, match="template_unknown"):
        template("hello")
