"""What planning reckons with, said to a coordinator: how evenly hours are shared and at what price, how long rides take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from app.texts import dong, kilometres, number, say
from app.texts.mark import n

EVEN_ALREADY: Final = n(
    "Giờ làm đã đều sẵn: hai bưu tá cùng bưu cục chênh nhau nhiều nhất %(before)s phút. Không tốn thêm."
)
EVENED: Final = n(
    "Đã chia đều giờ làm: hai bưu tá cùng bưu cục chênh nhau nhiều nhất %(after)s phút, trước khi chia là %(before)s phút."
)
PRICE: Final = n("Đổi lại, kế hoạch đi thêm %(distance)s và tốn thêm %(price)s.")
CHEAPER: Final = n("Kế hoạch không tốn thêm.")
UNMET: Final = n("Còn %(offices)s bưu cục chưa đạt mức %(most)s phút vì giờ hẹn hoặc ca làm không cho phép.")


ASSUMED: Final = n("Thời gian đi lại còn tính theo giả định, vì chưa có chuyến nào đã đi để học.")
LEARNED: Final = n("Thời gian đi lại học từ %(legs)s chặng đã đi trong %(days)s ngày, đến hết ngày %(day)s.")
MARGIN: Final = n("Để phòng khi đi chậm, máy xếp bưu tá đến trước giờ hẹn cuối một ít, nhiều nhất %(minutes)s phút.")


ROADS_AWAY: Final = n(
    "Kế hoạch này tính theo đường chim bay vì máy chủ đường bộ không trả lời. Khi máy chủ chạy lại, có thể lập lại kế hoạch."
)
ROADS_ELSEWHERE: Final = n(
    "Kế hoạch này tính theo đường chim bay vì bản đồ đường bộ không có phần lớn các nơi cần đến. Xin báo người quản trị kiểm tra bản đồ."
)
OFFICE_OFF_ROAD: Final = n(
    "Đường đi từ %(places)s và đường về đó tính theo đường chim bay vì nơi ấy nằm xa mọi con đường. Xin kiểm tra lại vị trí trên bản đồ."
)
OFF_ROAD: Final = n(
    "Chặng chuyển tiếp của %(places)s tính theo đường chim bay vì nơi ấy nằm xa mọi con đường. Xin kiểm tra lại vị trí trên bản đồ."
)


def ways_sentence(ways: Mapping[str, Any], offices: Sequence[str], ends: Sequence[str], language: str = "vi") -> str:
    """Why ways of a plan are straight lines. `offices`, `ends`: the names of those that lie off every road, whose couriers'
    ways or onward legs are concerned.
    """
    if ways.get("roads_away"):
        return say(ROADS_AWAY, language)
    if ways.get("roads_elsewhere"):
        return say(ROADS_ELSEWHERE, language)
    told = ((OFFICE_OFF_ROAD, offices), (OFF_ROAD, ends))
    return " ".join(say(sentence, language, places=", ".join(names)) for sentence, names in told if names)


SLOW: Final = n("Thời gian đi lại được tính lâu hơn vì đường mùa này khó đi: %(places)s.")
SLOWER: Final = n("%(place)s lâu hơn %(percent)s%%")


def slow_sentence(places: Mapping[str, int], language: str = "vi") -> str:
    """By name of the commune, by how many per cent rides there take longer; nothing where there are none."""
    if not places:
        return ""
    told = [say(SLOWER, language, place=name, percent=by) for name, by in sorted(places.items())]
    return say(SLOW, language, places=", ".join(told))


SEARCHED: Final = n("Máy đã tìm %(seconds)s giây.")
TRIED: Final = n("Máy đã tìm %(seconds)s giây (%(iterations)s lượt thử).")
SETTLED: Final = n("Kết quả đã ổn định: tìm lâu hơn cũng khó rẻ hơn.")
IMPROVING: Final = n("Kết quả còn đang rẻ dần: tìm lâu hơn có thể rẻ hơn.")


def searched_sentence(engines: Mapping[str, Any], language: str = "vi") -> str:
    """How long a plan was searched, and whether more would pay; nothing of plans made before that was noted, nor of
    first routes that nobody improved.
    """
    searched = engines.get("searched")
    if not searched or searched["settled"] is None:
        return ""
    seconds = number(round(searched["cpu_s"]), language)
    if searched["iterations"]:  # engines that count none may have searched alone
        spent = say(TRIED, language, seconds=seconds, iterations=number(searched["iterations"], language))
    else:
        spent = say(SEARCHED, language, seconds=seconds)
    return f"{spent} {say(SETTLED if searched['settled'] else IMPROVING, language)}"


def travel_times_sentence(legs: int, days: int, last: date | None, language: str = "vi") -> str:
    """Where the times of the rides come from: so many rides of so many days, or nothing yet."""
    if last is None:
        return say(ASSUMED, language)
    return say(LEARNED, language, legs=number(legs, language), days=days, day=last)


def margin_sentence(seconds: int, language: str = "vi") -> str:
    """How much room a plan leaves for rides that take longer; nothing where it leaves none."""
    minutes = -(-seconds // 60)
    return say(MARGIN, language, minutes=minutes) if minutes > 0 else ""


def balance_sentence(balance: Mapping[str, Any], language: str = "vi") -> str:
    """One to three sentences; minutes are rounded."""
    minutes = {name: round(int(balance[name]) / 60) for name in ("most", "before", "after")}
    if not balance["offices"]:
        return say(EVEN_ALREADY, language, before=minutes["before"])
    told = [say(EVENED, language, after=minutes["after"], before=minutes["before"])]
    distance, cost = int(balance["distance_delta"]), int(balance["cost_delta"])
    if cost > 0:
        told.append(say(PRICE, language, distance=kilometres(max(0, distance), language), price=dong(cost, language)))
    else:
        told.append(say(CHEAPER, language))
    if balance["unmet"]:
        told.append(say(UNMET, language, offices=balance["unmet"], most=minutes["most"]))
    return " ".join(told)
