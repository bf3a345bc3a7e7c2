"""WCAG 2.2: 1.4.3 (text 4.5 : 1) and 1.4.11 (edges and focus 3 : 1), for the tokens of both schemes."""

import re

import pytest

from tests.frontend.rendering import ROOT

CSS = (ROOT / "app" / "frontend" / "src" / "styles" / "tokens.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    {**dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))}
    for block in (
        CSS.partition("@media (prefers-color-scheme: dark)")[0],
        CSS.partition("@media (prefers-color-scheme: dark)")[2],
    )
)
TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "primary") for ground in ("paper", "surface", "tint", "primary-tint")],
    ("on-primary", "primary"), ("on-primary", "primary-strong"), ("accent", "paper"), ("accent", "surface"),
    *[(tone, f"{tone}-tint") for tone in ("good", "wait", "bad", "info")],
    *[(tone, "surface") for tone in ("good", "wait", "bad", "info")],
    *[("ink", f"{tone}-tint") for tone in ("good", "wait", "bad", "info")],
    ("primary", "bad-tint"), ("primary", "info-tint"), ("bad", "paper"), ("good", "primary-tint"),
]  # fmt: skip
EDGES = [
    ("line-strong", "surface"),
    ("line-strong", "paper"),
    ("focus", "paper"),
    ("focus", "surface"),
    ("primary", "surface"),
    ("bad", "surface"),
]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_pair_of_text_and_ground_can_be_read(scheme: dict[str, str]) -> None:
    assert [
        (a, b, round(contrast(scheme[a], scheme[b]), 2)) for a, b in TEXT if contrast(scheme[a], scheme[b]) < 4.5
    ] == []


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_edge_of_a_control_can_be_seen(scheme: dict[str, str]) -> None:
    assert [
        (a, b, round(contrast(scheme[a], scheme[b]), 2)) for a, b in EDGES if contrast(scheme[a], scheme[b]) < 3
    ] == []


MAP = (ROOT / "app" / "frontend" / "src" / "modules" / "map-colours.ts").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "scheme"), [("LIGHT", LIGHT), ("DARK", DARK)])
def test_every_colour_of_the_map_stands_out_from_its_land(name: str, scheme: dict[str, str]) -> None:
    palette = re.findall(r"#[0-9a-f]{6}", MAP.partition(f"export const {name} = [")[2].partition("];")[0])
    assert len(palette) == 12
    assert [colour for colour in palette if contrast(colour, scheme["map-land"]) < 3] == []
