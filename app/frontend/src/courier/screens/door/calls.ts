import { useDraft } from "../kit/draft";

/** When the courier pressed "call" at this errand, by the phone's clock: what proves that nobody answered. */
export function useCalls(errandId: string) {
  const { value, patch } = useDraft<{ calls: string[] }>(`calls:${errandId}`, { calls: [] });
  const add = () => patch({ calls: [...value.calls, new Date().toISOString()] });
  return { calls: value.calls, add };
}

const APART_MS = 10 * 60_000;

/** The first call, and the first one at least ten minutes after it. */
export function twoApart(calls: string[]): [string, string] | null {
  const [first, ...later] = calls;
  const second = later.find((call) => Date.parse(call) - Date.parse(first ?? "") >= APART_MS);
  return first && second ? [first, second] : null;
}

export function minutesUntilSecond(calls: string[], now: number): number {
  const first = calls[0];
  return first ? Math.max(0, Math.ceil((Date.parse(first) + APART_MS - now) / 60_000)) : 0;
}
