import re

import pytest

from app.domain.errors import DomainError
from app.domain.templates import TEMPLATES, template
from app.texts import say

SENDS_NO_LINK = {"sign_in_code"}
ROOM_FOR_A_LINK = 60
THREE_SEGMENTS = 3 * 67  # accented letters need UCS-2


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_names_what_it_needs(name: str) -> None:
    found = template(name)
    assert set(re.findall(r"%\((\w+)\)s", found.sentence)) - {"reference"} == found.params


@pytest.mark.parametrize("name", sorted(TEMPLATES.keys() - SENDS_NO_LINK))
def test_every_message_leads_back_to_the_request(name: str) -> None:
    assert "{link}" in template(name).sentence
    assert "%(reference)s" in template(name).sentence


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_secrets_are_places_only(name: str) -> None:
    assert set(re.findall(r"\{(\w+)\}", template(name).sentence)) <= {"code", "link", "word"}


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_message_costs_at_most_four_segments(name: str) -> None:
    found = template(name)
    text = say(found.sentence, reference="TN-4C7H2M", **dict.fromkeys(found.params, "x" * 24))
    assert len(text) - len("{link}") <= THREE_SEGMENTS + 67 - ROOM_FOR_A_LINK


def test_the_code_goes_with_the_evening_before_and_nowhere_else() -> None:
    assert {name for name in TEMPLATES if TEMPLATES[name].secret} == {"evening_before_result", "sign_in_code"}


def test_the_word_that_the_courier_says_first_goes_with_the_evening_before() -> None:
    assert {name for name in TEMPLATES if "{word}" in TEMPLATES[name].sentence} == {
        "evening_before", "evening_before_result",
    }  # fmt: skip


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(DomainError, match="template_unknown"):
        template("hello")
