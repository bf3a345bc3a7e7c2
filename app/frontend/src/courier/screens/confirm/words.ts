import type { Invitation } from "../../engine";
import type { Bundle } from "../../types";
import { purposeOf } from "../words";

/** What is signed, said from the courier's side. */
export function actOf({ act, way, n }: Invitation): string {
  if (act === "hand_over") return way === "out" ? `Tôi nhận ${n} bưu gửi` : `Tôi giao ${n} bưu gửi`;
  if (act === "count") return "Tôi đã nhìn mở và đếm một phong bì";
  if (act === "close_bag") return `Tôi đã nhìn đóng túi có ${n} phong bì`;
  if (act === "open_bag") return `Tôi đã nhìn mở túi, lấy ra ${n} phong bì`;
  return `Việc mà ứng dụng này chưa biết, ${n} phong bì. Xin cập nhật ứng dụng trước khi ký.`;
}

/** Nobody named: anybody who may watch; the office looks who that is. */
export const isForMe = ({ other }: Invitation, courierId: number): boolean =>
  !other || (other[0] === "courier" && other[1] === String(courierId));

export function whereOf(code: string, { bag, waiting }: Bundle): string {
  const held = bag.find((one) => one.code === code);
  if (held) return `Trong túi của tôi · ${purposeOf(held.purpose)}`;
  return waiting.some((one) => one.code === code) ? "Trong tủ, cho chuyến hôm nay" : "Máy này chưa biết";
}
