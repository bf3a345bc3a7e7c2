"""`python -m tests.bench.touch`: a phone 6 × slower, 80 stops, 200 photos waiting, answers each touch within 100 ms.

The browser test of the suite with the machine to itself; in the suite, where others share it, only a hang fails.
"""

from __future__ import annotations

import os
import sys

import pytest

TEST = "tests/browser/test_phone.py::test_a_slow_phone_with_a_full_queue_answers_a_finger_at_once"
TARGET_MS = 100


def main() -> int:
    os.environ["TANNHA_TOUCH_MS"] = str(TARGET_MS)
    return int(pytest.main([TEST, "-p", "no:cacheprovider"]))


if __name__ == "__main__":
    sys.exit(main())
