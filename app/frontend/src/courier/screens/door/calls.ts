import { record } from "../../engine";
import { t } from "../../language/sentences";
import type { Errand, Payloads, Stop } from "../../types";
import { clock } from "../time";
import { say } from "../trouble";

/** The call button was pressed: an act of its own, kept whatever becomes of the form; what proves that nobody answered. */
export function noteCall(errandId: string, whom: Payloads["called"]["whom"]): void {
  record("called", { errandId, payload: { whom } }).catch(say);
}

const APART_MS = 10 * 60_000;

/** The first call, and the first one at least ten minutes after it. */
export function twoApart(calls: string[]): [string, string] | null {
  const [first, ...later] = calls;
  const second = later.find((call) => Date.parse(call) - Date.parse(first ?? "") >= APART_MS);
  return first && second ? [first, second] : null;
}

/** From when the second call counts; null: nobody was called yet, or both calls are made. */
export function secondCallFrom(calls: string[]): number | null {
  const first = calls[0];
  return first && !twoApart(calls) ? Date.parse(first) + APART_MS : null;
}

/** For the list: "đã gọi 09:12, gọi lại từ 09:22". */
export function calledInList({ called, closed }: Pick<Errand, "called" | "closed">): string | null {
  if (closed || !called.length) return null;
  const again = secondCallFrom(called);
  const times = called.map(clock).join(", ");
  return again === null
    ? t("đã gọi {called}", { called: times })
    : t("đã gọi {called}, gọi lại từ {again}", { called: times, again: clock(again) });
}

export interface DueCall {
  errandId: string;
  stop: number; // as numbered on the screen
  from: number;
}

/** Second calls that are due, and when the next one will be. */
export function dueCalls(stops: Stop[], now: number): { due: DueCall[]; next: number | null } {
  const waiting = stops.flatMap((stop) =>
    stop.errands
      .filter((errand) => !errand.closed)
      .map((errand) => ({ errandId: errand.id, stop: stop.sequence, from: secondCallFrom(errand.called) }))
      .filter((call): call is DueCall => call.from !== null),
  );
  const later = waiting.filter((call) => call.from > now).map((call) => call.from);
  return { due: waiting.filter((call) => call.from <= now), next: later.length ? Math.min(...later) : null };
}
