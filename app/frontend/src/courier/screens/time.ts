import { language, LOCALE } from "../language/chosen";
import { plural, t } from "../language/sentences";

const ZONE = "Asia/Ho_Chi_Minh";
const CLOCK = new Intl.DateTimeFormat(LOCALE, {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const WEEKDAY = new Intl.DateTimeFormat(LOCALE, { timeZone: ZONE, weekday: "long" });
const DATE = new Intl.DateTimeFormat("vi-VN", { timeZone: ZONE, day: "numeric", month: "numeric" }); // 3/12, as here
const MINUTE = 60_000;

export const clock = (moment: string | number | Date): string => CLOCK.format(new Date(moment));

/** "Thứ Năm, 3/12" */
export const longDay = (moment: string | Date): string => {
  const day = new Date(moment);
  return `${WEEKDAY.format(day)}, ${DATE.format(day)}`;
};

/** "thứ Năm 3/12": a day within a sentence. */
export const onDay = (moment: string | Date): string => {
  const text = longDay(moment).replace(", ", " ");
  return language === "vi" ? text.charAt(0).toLowerCase() + text.slice(1) : text;
};

/** "21:00, Thứ Hai, 1/12": of a day that may be another one. */
export const moment = (at: string | number): string => `${clock(at)}, ${longDay(new Date(at))}`;

/** "3 phút", "5 giờ", "2 ngày": how far one clock is from another. */
export function lasting(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / MINUTE);
  if (minutes < 120) return plural("{count} phút", minutes);
  const hours = Math.round(minutes / 60);
  return hours < 48 ? plural("{count} giờ", hours) : plural("{count} ngày", Math.round(hours / 24));
}

export const span = (window: { starts_at: string; ends_at: string }): string =>
  `${clock(window.starts_at)}–${clock(window.ends_at)}`;

/** "vừa xong", "12 phút trước", "3 giờ trước", "2 ngày trước". */
export function ago(since: string | number | Date, now: number): string {
  const minutes = Math.floor((now - new Date(since).getTime()) / MINUTE);
  if (minutes < 1) return t("vừa xong");
  if (minutes < 60) return plural("{count} phút trước", minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? plural("{count} giờ trước", hours) : plural("{count} ngày trước", Math.floor(hours / 24));
}
