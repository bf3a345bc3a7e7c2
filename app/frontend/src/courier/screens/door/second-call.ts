import { useEffect } from "preact/hooks";
import { t } from "../../language/sentences";
import type { Bundle } from "../../types";
import { signal } from "../kit/sound";
import { tell } from "../trouble";
import { dueCalls } from "./calls";

const told = new Set<string>(); // once a call, however often the app draws itself anew

/** When the second call counts, it is heard and told; by the stop's number, never by a name. */
export function useSecondCall(bundle: Bundle | null): void {
  useEffect(() => {
    if (!bundle) return undefined;
    const { stops } = bundle;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      const { due, next } = dueCalls(stops, Date.now());
      const fresh = due.filter(({ errandId, from }) => !told.has(`${errandId}@${from}`));
      for (const { errandId, from } of fresh) told.add(`${errandId}@${from}`);
      if (fresh.length) remind(fresh.map((call) => call.stop));
      timer = next === null ? undefined : setTimeout(look, Math.max(next - Date.now(), 0));
    };
    look();
    return () => clearTimeout(timer);
  }, [bundle]);
}

function remind(numbers: number[]): void {
  signal("again");
  const where = [...new Set(numbers)].join(", ");
  tell(t("Đã qua 10 phút: gọi lại được rồi cho điểm {where}.", { where }));
}
