"""The word that a courier says first."""

from __future__ import annotations

from uuid import uuid4

from app.domain.greeting import WORDS, greeting


def test_there_are_enough_words_and_each_has_two_syllables() -> None:
    assert len(set(WORDS)) == len(WORDS) >= 200
    assert {len(word.split()) for word in WORDS} == {2}


def test_the_word_stays_while_the_slot_stays() -> None:
    errand = uuid4()
    assert greeting(b"p", errand, 7) == greeting(b"p", errand, 7)


def test_another_slot_another_errand_and_another_house_have_words_of_their_own() -> None:
    errand = uuid4()
    assert len({greeting(b"p", errand, slot) for slot in range(60)}) > 30
    assert len({greeting(b"p", uuid4(), 7) for _ in range(60)}) > 30
    assert len({greeting(bytes([pepper]), errand, 7) for pepper in range(60)}) > 30
