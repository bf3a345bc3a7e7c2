import { checkS10 } from "../../engine/codes";
import { t } from "../../language/sentences";
import type { Tone } from "./sound";

/** An envelope that is expected here, in the words of whoever looks for it. */
export interface Known {
  code: string;
  words: string; // "Điểm 7 · Nguyễn Văn Mẫu"
  hint?: string; // what it holds
}

export interface Expected {
  known: Known[];
  chosen: string[];
  others: "ask" | "count" | "take"; // one that is not expected: the courier says so; it counts, and is told; it is right
  refuse?: ((code: string) => string | null) | undefined; // why one is not to be taken at all
  name?: ((code: string) => string | null) | undefined; // what is known of one that is not expected
}

/** What one scan says at once, and the code that it takes or asks about. */
export interface Heard {
  tone: Tone;
  words: string;
  take?: string;
  ask?: string;
}

export function hear(text: string, expected: Expected): Heard {
  const code = checkS10(text);
  if (!code)
    return { tone: "wrong", words: t("“{text}” không phải mã bưu gửi đúng.", { text: text.trim().slice(0, 24) }) };
  const known = expected.known.find((one) => one.code === code);
  const called = known?.words ?? expected.name?.(code) ?? code;
  if (expected.chosen.includes(code)) return { tone: "again", words: t("{called}: đã quét rồi.", { called }) };
  return known ? { tone: "good", words: called, take: code } : unexpected(code, called, expected);
}

function unexpected(code: string, called: string, { others, refuse }: Expected): Heard {
  const refused = refuse?.(code);
  if (refused) return { tone: "wrong", words: `${called}: ${refused}` };
  if (others === "take") return { tone: "good", words: called, take: code };
  const words = t("{called}: không có trong danh sách.", { called });
  return others === "count" ? { tone: "wrong", words, take: code } : { tone: "wrong", words, ask: code };
}

/** "Còn 12 trên 17": how far the count is. */
export function countDown({ known, chosen }: Pick<Expected, "known" | "chosen">): string {
  const left = known.filter((one) => !chosen.includes(one.code)).length;
  if (!known.length) return t("Đã quét {chosen}", { chosen: chosen.length });
  return left ? t("Còn {left} trên {of}", { left, of: known.length }) : t("Đủ {of} trên {of}", { of: known.length });
}
