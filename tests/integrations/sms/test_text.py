import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.sms import segments, unaccented
from integrations.sms.text import BASIC, EXTENSION


def test_a_letter_with_a_stroke_survives() -> None:
    assert unaccented("Đơn thu gom") == "Don thu gom"


@pytest.mark.parametrize(
    ("accented", "plain"),
    [
        ("Hồ sơ của ông/bà đã được nhận", "Ho so cua ong/ba da duoc nhan"),
        ("Cước: 30.000 ₫ – “giữ biên lai”…", 'Cuoc: 30.000 d - "giu bien lai"...'),
        ("Xã Đak Sơmei, Chư Păh, Ia Krêl", "Xa Dak Somei, Chu Pah, Ia Krel"),
        ("Ðức Cơ", "Duc Co"),  # U+00D0, the Icelandic eth that old keyboards typed
        ("Xong 👍 rồi", "Xong  roi"),
    ],
)
def test_a_vietnamese_sentence_reads_without_accents(accented: str, plain: str) -> None:
    assert unaccented(accented) == plain


def test_decomposed_letters_lose_their_accents_too() -> None:
    assert unaccented("Đo\u031bn thu gom") == "Don thu gom"


@pytest.mark.parametrize(("length", "count"), [(0, 0), (1, 1), (160, 1), (161, 2), (306, 2), (307, 3), (459, 3)])
def test_plain_text_goes_160_then_153_a_segment(length: int, count: int) -> None:
    assert segments("a" * length).count == count


@pytest.mark.parametrize(("length", "count"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)])
def test_accented_text_goes_70_then_67_a_segment(length: int, count: int) -> None:
    assert segments("ơ" * length).count == count


def test_one_accented_letter_makes_the_whole_message_dearer() -> None:
    assert segments("a" * 159 + "e").count == 1
    assert segments("a" * 159 + "ề").count == 3


def test_a_character_of_two_units_is_not_split_over_two_segments() -> None:
    assert segments("a" * 152 + "€" + "a" * 152).count == 3  # 306 units would fit two
    assert segments("ơ" * 66 + "👍" + "ơ" * 66).count == 3


def test_composed_and_decomposed_letters_cost_the_same() -> None:
    assert segments("e\u0302\u0301" * 70) == segments("ế" * 70)


@given(st.text(max_size=400))
def test_an_unaccented_text_always_fits_the_cheap_alphabet(text: str) -> None:
    plain = unaccented(text)
    assert set(plain) <= BASIC | EXTENSION
    assert not segments(plain).accented
