"""What an operator of text messages is given: the form that costs least."""

from __future__ import annotations

from integrations.messages import Callback, OutgoingMessage, ShortSms, SmsForm
from tests.fakes import FakeSms

LINK = "https://tannha.example/t/W8mWw0mQ4Zk"


PLAIN = SmsForm()


def sent(text: str, form: SmsForm = PLAIN) -> str:
    operator = FakeSms()
    ShortSms(operator, form).send(OutgoingMessage("m-1", "0900000141", text, params={"link": LINK}))
    return operator.texts[0]


def test_texts_leave_without_accents_and_with_their_link() -> None:
    assert sent(f"Bưu tá đến “sáng mai”. {LINK}") == f'Buu ta den "sang mai". {LINK}'


def test_an_operator_that_wants_accents_gets_them() -> None:
    assert sent(f"Bưu tá đến. {LINK}", SmsForm(accents=True)) == f"Bưu tá đến. {LINK}"


def test_a_link_that_would_cost_a_third_segment_stays_out() -> None:
    assert len(LINK) == 36
    assert sent("a" * 268 + f". {LINK}").endswith(LINK)
    assert sent("a" * 269 + f". {LINK}") == "a" * 269 + "."
    assert sent("ế" * 100 + f". {LINK}", SmsForm(accents=True)) == "ế" * 100 + "."


def test_where_links_are_not_wanted_the_sentence_before_stands_alone() -> None:
    assert sent(f"Bưu tá đến. {LINK}", SmsForm(links=False)) == "Buu ta den."


def test_a_link_within_the_text_stays() -> None:
    assert sent(f"Theo dõi: {LINK} nhé", SmsForm(links=False)) == f"Theo doi: {LINK} nhe"


def test_the_operator_is_what_it_was() -> None:
    operator = FakeSms(name="x", drops_repeats=True, reports=True)
    short = ShortSms(operator, SmsForm())
    assert (short.name, short.drops_repeats, short.reports, short.signs) == ("x", True, True, False)
    assert short.carries("booked")
    assert (short.state("1"), short.read_callback(Callback()), short.balance()) == (None, None, None)
