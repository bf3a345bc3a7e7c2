"""A point and a comma say opposite things in the two languages."""

from app.texts import dong, kilometres, number


def test_vietnamese_groups_with_points() -> None:
    assert (number(1482), dong(26_000), kilometres(5_281_700)) == ("1.482", "26.000 đ", "5.281,7 km")


def test_english_groups_with_commas() -> None:
    assert (number(1482, "en"), dong(26_000, "en"), kilometres(5_281_700, "en")) == ("1,482", "26,000 đ", "5,281.7 km")


def test_a_number_has_the_decimals_asked_for() -> None:
    assert (number(1.345, decimals=2), number(1.345, "en", decimals=2)) == ("1,34", "1.34")


def test_a_few_metres_less_are_none() -> None:
    assert (kilometres(-30), kilometres(-60)) == ("0,0 km", "-0,1 km")
