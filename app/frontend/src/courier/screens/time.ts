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
