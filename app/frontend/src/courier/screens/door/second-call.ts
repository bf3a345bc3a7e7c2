import { useEffect } from "preact/hooks";
import { now } from "../../engine";
import { t } from "../../language/sentences";
import type { Bundle, Stop } from "../../types";
import { signal } from "../kit/sound";
import { say, tell } from "../trouble";
import { dueCalls } from "./calls";

const told = new Set<string>(); // once a call, however often the app draws itself anew; an app begun anew tells what is due

/** When the second call counts, it is heard and told; by the stop's number, never by a name. */
export function useSecondCall(bundle: Bundle | null): void {
  useEffect(() => (bundle ? awaitSecondCalls(bundle.stops, remind, told) : undefined), [bundle]);
}

/** By the office's clock, as the calls are: the phone's own may be wrong, and may be set meanwhile. Returns how to end it. */
export function awaitSecondCalls(stops: Stop[], due: (stops: number[]) => void, before: Set<string>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const look = async () => {
    const moment = (await now()).getTime();
    if (over) return;
    const calls = dueCalls(stops, moment);
    const fresh = calls.due.filter(({ errandId, from }) => !before.has(`${errandId}@${from}`));
    for (const { errandId, from } of fresh) before.add(`${errandId}@${from}`);
    if (fresh.length) due([...new Set(fresh.map(({ stop }) => stop))]);
    if (calls.next !== null) timer = setTimeout(start, calls.next - moment);
  };
  const start = () => void look().catch(say);
  start();
  return () => {
    over = true;
    clearTimeout(timer);
  };
}

function remind(stops: number[]): void {
  signal("again");
  tell(t("Đã đủ 10 phút, có thể gọi lại cho điểm {where}.", { where: stops.join(", ") }));
}
