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

/** From when the second call counts; null: nobody was called yet, or both calls are made. */
export function secondCallFrom(calls: string[]): number | null {
  const first = calls[0];
  return first && !twoApart(calls) ? Date.parse(first) + APART_MS : null;
}
