import pytest

from integrations.messages import segments


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
