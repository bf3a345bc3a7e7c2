"""Code 128 (ISO/IEC 15417), the bars of postal labels: S10 codes are read by every scanner at the counter."""

from __future__ import annotations

# widths of bar, space, bar, space, bar, space of the symbols 0–105; the stop has a last bar
_WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221"
    "223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321"
    "112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131"
    "311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114"
    "122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232"
)
_STOP = "2331112"
START_B, MODULUS, FIRST, LAST = 104, 103, " ", "~"


def code128(text: str) -> list[int]:
    """Widths in modules, bar first, alternating bar and space (set B: printable ASCII). Raises ValueError for other text."""
    values = [ord(letter) - ord(FIRST) for letter in text]
    if not text or not all(FIRST <= letter <= LAST for letter in text):
        raise ValueError("Code 128 set B holds printable ASCII only")
    check = (START_B + sum(place * value for place, value in enumerate(values, start=1))) % MODULUS
    symbols = "".join(_WIDTHS[6 * value : 6 * value + 6] for value in (START_B, *values, check))
    return [int(width) for width in symbols + _STOP]
