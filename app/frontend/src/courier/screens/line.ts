import { NotSettled, SignInNeeded, Unreachable, type Ended } from "../engine";
import type { Queue, Trouble, Why } from "../types";

/** What stands between phone and office, in words: at a glance, why, and what happens next. */
interface Line {
  glance: string;
  why: string;
  next: string;
}

const BY_ITSELF = "Máy tự thử lại; việc đã ghi vẫn nằm an toàn trong máy.";

const ONCE_MORE = "Xin thử lại sau; việc đã ghi vẫn nằm an toàn trong máy.";

const LINES: Record<Why, Line> = {
  no_line: { glance: "Mất mạng", why: "Máy chưa có mạng.", next: BY_ITSELF },
  slow: { glance: "Mạng yếu", why: "Mạng quá chậm, bưu cục chưa kịp trả lời.", next: BY_ITSELF },
  foreign: {
    glance: "Mạng chưa thông",
    why: "Mạng này chưa cho ra ngoài, có thể còn đòi đăng nhập Wi-Fi.",
    next: "Xin mở trình duyệt để đăng nhập Wi-Fi, hoặc tắt Wi-Fi và dùng mạng di động.",
  },
  blocked: {
    glance: "Mạng bị chặn",
    why: "Mạng này không cho máy vào địa chỉ của bưu cục.",
    next: "Xin đổi sang mạng khác. Nếu mạng nào cũng vậy, xin báo điều phối viên.",
  },
  ill: { glance: "Máy chủ trục trặc", why: "Có mạng, nhưng máy chủ đang trục trặc.", next: BY_ITSELF },
  wait: { glance: "Phải đợi", why: "Bưu cục bảo đợi một lát.", next: BY_ITSELF },
  refused: { glance: "Chưa được nhận", why: "Bưu cục chưa nhận lần gửi này.", next: "Xin báo điều phối viên." },
};

export const glanceOf = (trouble: Trouble | null): string => (trouble ? LINES[trouble.why].glance : "Có mạng");

/** What matters most, in a line of big type. */
export function shortly({ full, needsHelp, waiting, waitingFiles, trouble }: Queue): string {
  if (full) return "Máy đầy";
  if (needsHelp) return `${needsHelp} cần xem`;
  if (waiting) return `${waiting} chờ gửi`;
  if (waitingFiles) return `${waitingFiles} tệp chờ`;
  return trouble ? LINES[trouble.why].glance : "Đã gửi hết";
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
  return [detail || LINES.wait.why, retryAfterMs > 0 && `Còn ${howLong(retryAfterMs)}.`].filter(Boolean).join(" ");
}

function howLong(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? `${seconds} giây` : `${Math.ceil(seconds / 60)} phút`;
}

/** What “Gửi ngay” came to; null: all is home. */
export function unsentBecause({ fault, elsewhere }: Ended, waits: boolean): string | null {
  if (elsewhere) return "Một cửa sổ khác của ứng dụng đang gửi. Xin đợi ở cửa sổ đó.";
  if (fault instanceof Unreachable) return notReached(fault);
  if (fault instanceof SignInNeeded) return "Bưu cục cần máy này đăng nhập lại rồi mới nhận tiếp.";
  const unanswered = waits && (fault === null || fault instanceof NotSettled);
  return unanswered ? "Bưu cục đã trả lời nhưng chưa nhận xong. Máy tự gửi tiếp." : null;
}
