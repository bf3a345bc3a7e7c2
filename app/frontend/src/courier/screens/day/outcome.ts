/** What became of an errand today, as it is told at its door and in the list. */
import { t } from "../../language/sentences";
import type { Errand, ErrandState, LocalAct, Stop } from "../../types";
import { clock, onDay, span } from "../time";
import { LOCAL_STATE, OPERATION } from "../words";

type Tone = "info" | "good" | "wait" | "bad" | "neutral";

export interface Said {
  words: string;
  tone: Tone;
}

export const ENDED: Partial<Record<ErrandState, Said>> = {
  done: { words: t("Đã xong"), tone: "good" },
  failed: { words: t("Chưa thành công"), tone: "neutral" },
  held: { words: t("Đang giữ tại bưu cục"), tone: "neutral" },
  returned: { words: t("Đã trả lại nơi gửi"), tone: "neutral" },
  cancelled: { words: t("Đã hủy"), tone: "neutral" },
};

/** Why it was not done today; null: it was, or nobody tried. */
export const whyNot = ({ today }: Errand): string | null => (today?.outcome === "DONE" ? null : (today?.label ?? null));

/** This phone's own newest act first, then what the office's book says; nothing while it is open. */
export function saidOf(errand: Errand): Said[] {
  if (errand.local) return [saidHere(errand.local)];
  const why = whyNot(errand);
  return why ? [{ words: why, tone: "neutral" }, ...sequel(errand)] : ended(errand);
}

function saidHere({ kind, state }: LocalAct): Said {
  const { words, tone } = LOCAL_STATE[state] ?? { words: "", tone: "wait" as const };
  return { words: `${OPERATION[kind]}: ${words.toLowerCase()}`, tone };
}

function ended({ state, again }: Errand): Said[] {
  const said = ENDED[state] ?? (again ? { words: t("Đã chuyển ngày"), tone: "wait" as const } : null);
  return said ? [said] : [];
}

/** Where the envelope waits after a visit that was not done; that it was not done is said already. */
const sequel = ({ state }: Errand): Said[] => (state === "failed" || !ENDED[state] ? [] : [ENDED[state]]);

/** The new time, with its day: it is not one of today's list. */
export const newTime = ({ again }: Errand): string | null =>
  again ? t("Hẹn lại {day}, {times}", { day: onDay(again.starts_at), times: span(again) }) : null;

export const recordedAt = ({ today }: Errand): string | null =>
  today ? t("Ghi lúc {time}", { time: clock(today.at) }) : null;

/** When somebody last did something at this door today; null: nobody did. */
export function actedAt(stop: Stop): string | null {
  const times = stop.errands.flatMap(({ local, today }) => [local?.at, today?.at].filter((at) => at !== undefined));
  return times.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1) ?? null;
}

/** Done as it was meant to be; else the list does not call it so. */
export const isFulfilled = (stop: Stop): boolean =>
  stop.done && stop.errands.every((errand) => errand.local?.kind !== "not_done" && !errand.again && !whyNot(errand));
