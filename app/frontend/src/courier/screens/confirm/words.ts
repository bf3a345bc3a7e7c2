import type { Invitation } from "../../engine";
import { plural, t } from "../../language/sentences";
import type { Bundle } from "../../types";
import { onDay } from "../time";
import { purposeOf } from "../words";

const ACTS: { [act: string]: (invitation: Invitation) => string } = {
  hand_over: ({ way, n }) =>
    way === "out" ? plural("Tôi nhận {count} bưu gửi", n) : plural("Tôi giao {count} bưu gửi", n),
  count: () => t("Tôi đã nhìn mở và đếm một phong bì"),
  close_bag: ({ n }) => plural("Tôi đã nhìn đóng túi có {count} phong bì", n),
  open_bag: ({ n }) => plural("Tôi đã nhìn mở túi, lấy ra {count} phong bì", n),
  cash: ({ day }) => (day ? t("Tôi nộp tiền thu của {day}", { day: onDay(day) }) : t("Tôi nộp tiền thu")),
};

/** What is signed, said from the courier's side. */
export const actOf = (invitation: Invitation): string =>
  ACTS[invitation.act]?.(invitation) ??
  plural("Việc mà ứng dụng này chưa biết, {count} phong bì. Xin cập nhật ứng dụng trước khi ký.", invitation.n);

/** Nobody named: anybody who may watch; the office looks who that is. */
export const isForMe = ({ other }: Invitation, courierId: number): boolean =>
  !other || (other[0] === "courier" && other[1] === String(courierId));

export function whereOf(code: string, { bag, waiting }: Bundle): string {
  const held = bag.find((one) => one.code === code);
  if (held) return t("Trong túi của tôi · {purpose}", { purpose: purposeOf(held.purpose) });
  return waiting.some((one) => one.code === code) ? t("Trong tủ, cho chuyến hôm nay") : t("Máy này chưa biết");
}
