import type { Fix } from "../types";
import { since } from "./outside";

const FRESH_MS = 60_000;
const PATIENCE_MS = 4000;
const ACT_MS = 2000;

let last: { lon_e6: number; lat_e6: number; accuracy_m: number; at: number } | null = null;

const aged = (): Fix | null => {
  if (!last) return null;
  const { at, ...where } = last;
  return { ...where, age_s: Math.round(since(at) / 1000) };
};

/** Where the phone is: at once when it knew a minute ago, else after at most four seconds; null: it does not know. */
export async function position(): Promise<Fix | null> {
  if (last && since(last.at) < FRESH_MS) return aged();
  await ask();
  return aged();
}

/** For an act that must not wait: what was known last, with its age, while a new one is asked for; else two seconds. */
export async function positionOfAct(): Promise<Fix | null> {
  if (last) {
    void ask();
    return aged();
  }
  await Promise.race([ask(), new Promise((done) => setTimeout(done, ACT_MS))]);
  return aged();
}

/** For what may not wait at all, since another app comes before ours now: what was known last. */
export const lastPosition = (): Fix | null => aged();

function ask(): Promise<void> {
  if (!("geolocation" in navigator)) return Promise.resolve();
  return new Promise((done) => {
    const timer = setTimeout(done, PATIENCE_MS); // some phones never answer while the question is on the screen
    const end = (): void => {
      clearTimeout(timer);
      done();
    };
    const take = ({ coords, timestamp }: GeolocationPosition): void => {
      last = {
        lon_e6: Math.round(coords.longitude * 1e6),
        lat_e6: Math.round(coords.latitude * 1e6),
        accuracy_m: Math.round(coords.accuracy),
        at: timestamp,
      };
      end();
    };
    const options = { enableHighAccuracy: true, maximumAge: FRESH_MS, timeout: PATIENCE_MS };
    navigator.geolocation.getCurrentPosition(take, end, options);
  });
}
