import { signal, useSignal } from "./kit/signal";

/** The last thing that went wrong or right, told once under the bar. */
interface Said {
  text: string;
  tone: "good" | "bad";
}

const said = signal<Said | null>(null);

/** A refusal a person can act on: its message is the sentence. */
export class Refusal extends Error {}

export function say(error: unknown): void {
  const text =
    error instanceof Refusal
      ? error.message
      : "Máy chưa làm được việc này. Những gì đã lưu vẫn còn. Xin thử lại; nếu vẫn vậy, xin gọi điều phối viên.";
  if (!(error instanceof Refusal)) console.error(error);
  said.set({ text, tone: "bad" });
}

export function tell(text: string): void {
  said.set({ text, tone: "good" });
}

export function hush(): void {
  said.set(null);
}

export const useSaid = (): Said | null => useSignal(said);
