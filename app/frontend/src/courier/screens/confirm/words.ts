import type { Invitation } from "../../engine";
import type { Bundle } from "../../types";
import { onDay } from "../time";
import { purposeOf } from "../words";

const ACTS: { [act: string]: (invitation: Invitation) => string } = {
  hand_over: ({ way, n }) => (way === "out" ? `Tôi nhận ${n} bưu gửi` : `Tôi giao ${n} bưu gửi`),
  count: () => "Tôi đã nhìn mở và đếm một phong bì",
  close_bag: ({ n }) => `Tôi đã nhìn đóng túi có ${n} phong bì`,
  open_bag: ({ n }) => `Tôi đã nhìn mở túi, lấy ra ${n} phong bì`,
  cash: ({ day }) => (day ? `Tôi nộp tiền thu của ${onDay(day)}` : "Tôi nộp tiền thu"),
};

/** What is signed, said from the courier's side. */
export const actOf = (invitation: Invitation): string =>
  ACTS[invitation.act]?.(invitation) ??
  `Việc mà ứng dụng này chưa biết, ${invitation.n} phong bì. Xin cập nhật ứng dụng trước khi ký.`;

/** Nobody named: anybody who may watch; the office looks who that is. */
export const isForMe = ({ other }: Invitation, courierId: number): boolean =>
  !other || (other[0] === "courier" && other[1] === String(courierId));

export function whereOf(code: string, { bag, waiting }: Bundle): string {
  const held = bag.find((one) => one.code === code);
  if (held) return `Trong túi của tôi · ${purposeOf(held.purpose)}`;
  return waiting.some((one) => one.code === code) ? "Trong tủ, cho chuyến hôm nay" : "Máy này chưa biết";
}
