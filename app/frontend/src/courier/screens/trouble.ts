import {
  AlreadyRecorded,
  isFull,
  Locked,
  NoBundle,
  NoKey,
  NoticesBlocked,
  NoticesLost,
  NoNumberLeft,
  QueueNotEmpty,
  Refused,
  Unreachable,
} from "../engine";
import { t } from "../language/sentences";
import { notReached } from "./line";
import { signal, useSignal } from "./kit/signal";
import { clock } from "./time";

interface Said {
  text: string;
  tone: "good" | "bad";
  at: number;
}

const SETTLED_MS = 1000;
const SEEN_MS = 12_000; // the door itself goes on saying what was saved

/** The last thing that went right or wrong, told once under the bar. */
const said = signal<Said | null>(null);

/** A refusal of the screen itself: its message is the sentence. */
export class Refusal extends Error {}

const SENTENCES: [new (...given: never[]) => Error, (error: never) => string][] = [
  [Refusal, (error: Refusal) => error.message],
  [
    AlreadyRecorded,
    ({ at }: AlreadyRecorded) => t("Việc này đã được ghi lúc {time}. Máy không ghi lần nữa.", { time: clock(at) }),
  ],
  [Refused, (error: Refused) => error.problem.detail],
  [Unreachable, notReached],
  [
    QueueNotEmpty,
    ({ waiting, waitingFiles }: QueueNotEmpty) =>
      t("Chưa đăng xuất được: còn {waiting} việc và {files} tệp chưa gửi. Xin tìm chỗ có mạng rồi bấm “Gửi ngay”.", {
        waiting,
        files: waitingFiles,
      }),
  ],
  [NoNumberLeft, () => t("Máy đã dùng hết số được cấp. Xin nối mạng và tải dữ liệu mới, hoặc quét nhãn có sẵn.")],
  [NoBundle, () => t("Chưa có dữ liệu hôm nay. Xin tải dữ liệu khi có mạng.")],
  [NoKey, () => t("Máy này chưa có khóa ký. Xin nối mạng, đăng nhập lại trên ứng dụng, rồi quét lại mã.")],
  [
    NoticesBlocked,
    () =>
      t("Điện thoại đang chặn thông báo của ứng dụng. Xin cho phép trong phần cài đặt của trình duyệt rồi bấm lại."),
  ],
  [NoticesLost, () => t("Chưa bật được thông báo trên máy này. Xin thử lại khi có mạng.")],
  [Locked, () => t("Máy đang khóa. Xin mở bằng mã PIN rồi làm lại.")],
];

export const FULL = t(
  "Bộ nhớ điện thoại đã đầy nên máy chưa ghi được việc này. Xin xóa bớt ảnh, video hoặc ứng dụng không dùng rồi làm lại; việc đã lưu vẫn còn.",
);

const UNKNOWN = t(
  "Máy chưa làm được việc này. Những gì đã lưu vẫn còn. Xin thử lại; nếu vẫn vậy, xin gọi điều phối viên.",
);

export function say(error: unknown): void {
  said.set({ text: isFull(error) ? FULL : sentenceOf(error), tone: "bad", at: Date.now() });
}

function sentenceOf(error: unknown): string {
  const known = SENTENCES.find(([kind]) => error instanceof kind);
  if (!known) console.error(error);
  return known ? known[1](error as never) : UNKNOWN;
}

export function tell(text: string): void {
  const message: Said = { text, tone: "good", at: Date.now() };
  said.set(message);
  setTimeout(() => said.get() === message && hush(), SEEN_MS);
}

export function hush(): void {
  said.set(null);
}

/** On the way to another screen: what was said there stays behind, what was said a moment ago comes along. */
export function hushOld(): void {
  if (Date.now() - (said.get()?.at ?? 0) > SETTLED_MS) hush();
}

export const useSaid = (): Said | null => useSignal(said);
