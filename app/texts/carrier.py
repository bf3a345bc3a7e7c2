"""What a postal carrier reads on an order: never what the papers are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CONTENTS: Final[Mapping[str, str]] = {
    "TG": "Hồ sơ thủ tục hành chính, đã niêm phong",
    "KQ": "Kết quả thủ tục hành chính, đã niêm phong",
    "LC": "Hồ sơ luân chuyển giữa các bộ phận một cửa, đã niêm phong",
}
