import { NotSettled, SignInNeeded, Unreachable, type Ended } from "../engine";
import { plural, t } from "../language/sentences";
import type { Queue, Trouble, Why } from "../types";

/** What stands between phone and office, in words: at a glance, why, and what happens next. */
interface Line {
  glance: string;
  why: string;
  next: string;
}

const BY_ITSELF = t("Máy tự thử lại; việc đã ghi vẫn nằm an toàn trong máy.");

const ONCE_MORE = t("Xin thử lại sau; việc đã ghi vẫn nằm an toàn trong máy.");

const LINES: Record<Why, Line> = {
  no_line: { glance: t("Mất mạng"), why: t("Máy chưa có mạng."), next: BY_ITSELF },
  slow: { glance: t("Mạng yếu"), why: t("Mạng quá chậm, bưu cục chưa kịp trả lời."), next: BY_ITSELF },
  foreign: {
    glance: t("Mạng chưa thông"),
    why: t("Mạng này chưa cho ra ngoài, có thể còn đòi đăng nhập Wi-Fi."),
    next: t("Xin mở trình duyệt để đăng nhập Wi-Fi, hoặc tắt Wi-Fi và dùng mạng di động."),
  },
  blocked: {
    glance: t("Mạng bị chặn"),
    why: t("Mạng này không cho máy vào địa chỉ của bưu cục."),
    next: t("Xin đổi sang mạng khác. Nếu mạng nào cũng vậy, xin báo điều phối viên."),
  },
  ill: { glance: t("Máy chủ trục trặc"), why: t("Có mạng, nhưng máy chủ đang trục trặc."), next: BY_ITSELF },
  wait: { glance: t("Phải đợi"), why: t("Bưu cục bảo đợi một lát."), next: BY_ITSELF },
  refused: {
    glance: t("Chưa được nhận"),
    why: t("Bưu cục chưa nhận lần gửi này."),
    next: t("Xin báo điều phối viên."),
  },
};

export const glanceOf = (trouble: Trouble | null): string => (trouble ? LINES[trouble.why].glance : t("Có mạng"));

/** What matters most, in a line of big type. */
export function shortly({ full, needsHelp, waiting, waitingFiles, trouble }: Queue): string {
  if (full) return t("Máy đầy");
  if (needsHelp) return t("{needsHelp} cần xem", { needsHelp });
  if (waiting) return t("{waiting} chờ gửi", { waiting });
  if (waitingFiles) return plural("{count} tệp chờ", waitingFiles);
  return trouble ? LINES[trouble.why].glance : t("Đã gửi hết");
}

/** Why, in the office's own words where it said some, and what happens next. */
export function lineWords({ why, detail }: Trouble): string {
  const line = LINES[why];
  return `${detail || line.why} ${line.next}`;
}

/** Of what a person asked for and did not get: the office says until when, this phone how long that is. */
export function notReached({ why, detail, retryAfterMs }: Unreachable): string {
  const { next } = LINES[why];
  if (why !== "wait") return `${detail || LINES[why].why} ${next === BY_ITSELF ? ONCE_MORE : next}`;
  return [detail || LINES.wait.why, retryAfterMs > 0 && t("Còn {duration}.", { duration: howLong(retryAfterMs) })]
    .filter(Boolean)
    .join(" ");
}

function howLong(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? plural("{count} giây", seconds) : plural("{count} phút", Math.ceil(seconds / 60));
}

/** What “Gửi ngay” came to; null: all is home. */
export function unsentBecause({ fault, elsewhere }: Ended, waits: boolean): string | null {
  if (elsewhere) return t("Một cửa sổ khác của ứng dụng đang gửi. Xin đợi ở cửa sổ đó.");
  if (fault instanceof Unreachable) return notReached(fault);
  if (fault instanceof SignInNeeded) return t("Bưu cục cần máy này đăng nhập lại rồi mới nhận tiếp.");
  const unanswered = waits && (fault === null || fault instanceof NotSettled);
  return unanswered ? t("Bưu cục đã trả lời nhưng chưa nhận xong. Máy tự gửi tiếp.") : null;
}
