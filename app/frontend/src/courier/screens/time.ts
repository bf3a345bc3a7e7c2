const ZONE = "Asia/Ho_Chi_Minh";
const CLOCK = new Intl.DateTimeFormat("vi-VN", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const DAY = new Intl.DateTimeFormat("vi-VN", { timeZone: ZONE, weekday: "long", day: "numeric", month: "numeric" });
const MINUTE = 60_000;

export const clock = (moment: string | number | Date): string => CLOCK.format(new Date(moment));

export const longDay = (moment: string | Date): string => {
  const text = DAY.format(new Date(moment));
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** "thứ Năm 3/12": a day within a sentence. */
export const onDay = (moment: string | Date): string => {
  const text = DAY.format(new Date(moment)).replace(", ", " ");
  return text.charAt(0).toLowerCase() + text.slice(1);
};

/** "21:00, Thứ Hai, 1/12": of a day that may be another one. */
export const moment = (at: string | number): string => `${clock(at)}, ${longDay(new Date(at))}`;

/** "3 phút", "5 giờ", "2 ngày": how far one clock is from another. */
export function lasting(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / MINUTE);
  if (minutes < 120) return `${minutes} phút`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} giờ` : `${Math.round(hours / 24)} ngày`;
}

export const span = (window: { starts_at: string; ends_at: string }): string =>
  `${clock(window.starts_at)}–${clock(window.ends_at)}`;

/** "vừa xong", "12 phút trước", "3 giờ trước", "2 ngày trước". */
export function ago(since: string | number | Date, now: number): string {
  const minutes = Math.floor((now - new Date(since).getTime()) / MINUTE);
  if (minutes < 1) return "vừa xong";
  if (minutes < 60) return `${minutes} phút trước`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} giờ trước` : `${Math.floor(hours / 24)} ngày trước`;
}
