"""The English of the courier's app as a walker needs it: what stands on the screen for a Vietnamese label."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

CATALOGUE = Path("app/frontend/src/courier/language/en.json")
PLACE = re.compile(r"\{(\w+)\}")


def english(label: str) -> re.Pattern[str]:
    return re.compile(_said(label))


@cache
def _catalogue() -> dict[str, list[str]]:
    """The forms of each sentence, the shortest sentence first."""
    said: dict[str, Any] = json.loads(CATALOGUE.read_text())
    forms = {text: [form] if isinstance(form, str) else list(form.values()) for text, form in said.items()}
    return dict(sorted(forms.items(), key=lambda entry: len(entry[0])))


def _said(label: str) -> str:
    """A whole sentence, or how one begins."""
    whole = _whole(label)
    begun = (forms for sentence, forms in _catalogue().items() if sentence.startswith(label))
    return whole if label in _catalogue() else next((_shape(forms, {}) for forms in begun), whole)


def _whole(text: str) -> str:
    """A sentence, or one whose places are filled, with sentences perhaps; a name is called the same in every language."""
    forms = _catalogue()
    if text in forms:
        return _shape(forms[text], {})
    for sentence in forms:
        if PLACE.search(sentence) and (filled := re.fullmatch(_shape([sentence], {}), text)):
            return _shape(forms[sentence], dict(zip(PLACE.findall(sentence), filled.groups(), strict=True)))
    return re.escape(text)


def _shape(forms: list[str], places: dict[str, str]) -> str:
    def fill(name: str) -> str:
        return _whole(places[name]) if name in places else "(.+)"

    shapes = [
        "".join(fill(piece) if odd % 2 else re.escape(piece) for odd, piece in enumerate(PLACE.split(form)))
        for form in forms
    ]
    return "|".join(shapes)
