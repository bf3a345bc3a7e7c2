import pytest

from integrations.messages import segments, unaccented


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


def test_without_accents_every_text_is_gsm_7_bit() -> None:
    text = unaccented("Bưu tá đến “hoa sen” – Thứ Ba 01/12… 25.000 ₫, Đắk Đoa, ƀuôn Čư; 漢")
    assert text == 'Buu ta den "hoa sen" - Thu Ba 01/12... 25.000 d, Dak Doa, buon Cu; ?'
    assert not segments(text).accented


def test_the_order_in_which_an_accent_was_typed_does_not_matter() -> None:
    assert unaccented("e\u0302\u0301 D\u0111") == "e Dd"
