"""The procedures that the sandbox publishes: invented, in the exchange's own shape.

None is in our catalogue: a demonstration must keep the real paper lists.
"""

from __future__ import annotations

from typing import Any, Final

LISTED: Final[list[dict[str, Any]]] = [
    {"MATTHC": "1.003560", "TENTTHC": "Đăng ký khai sinh (thử)"},
    {"MATTHC": "1.999002", "TENTTHC": "Đăng ký khai tử (thử)"},
]


def _ways(post: bool) -> list[dict[str, Any]]:  # noqa: FBT001 (one fact)
    time = [{"THOIGIANGIAIQUYET": "1", "DONVITINH": "Ngày làm việc", "PHILEPHI": []}]
    return [{"KENH": channel, "THOIGIAN": time} for channel in (["1", "2", "3"] if post else ["1"])]


DETAILS: Final[dict[str, dict[str, Any]]] = {
    "1.003560": {
        "MATTHC": "1.003560",
        "TENTTHC": "Đăng ký khai sinh (thử)",
        "CACHTHUCTHUCHIEN": _ways(post=True),
        "THANHPHANHOSO": [
            {
                "GIAYTO": [
                    {"MAGIAYTO": "GT01", "TENGIAYTO": "Tờ khai đăng ký khai sinh", "SOBANCHINH": "1", "SOBANSAO": "0"},
                    {"MAGIAYTO": "GT02", "TENGIAYTO": "Giấy chứng sinh", "SOBANCHINH": "1", "SOBANSAO": "0"},
                ]
            }
        ],
    },
    "1.999002": {
        "MATTHC": "1.999002",
        "TENTTHC": "Đăng ký khai tử (thử)",
        "CACHTHUCTHUCHIEN": _ways(post=True),
        "THANHPHANHOSO": [
            {"GIAYTO": [{"MAGIAYTO": "GT11", "TENGIAYTO": "Tờ khai đăng ký khai tử", "SOBANCHINH": "1"}]}
        ],
    },
}
