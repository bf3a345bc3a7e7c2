import { useEffect, useMemo, useState } from "preact/hooks";
import { now } from "../../engine";
import type { Bundle } from "../../types";
import { say } from "../trouble";
import { wayAhead, type Way } from "./way";

const LOOK_MS = 30_000;

/** The way ahead by the office's clock, reckoned anew while it is looked at. */
export function useWay(bundle: Bundle): Way {
  const at = useNow();
  return useMemo(() => wayAhead(bundle, at), [bundle, at]);
}

export function useNow(): number {
  const [at, setAt] = useState(() => Date.now());
  useEffect(() => {
    const look = () => {
      now()
        .then((moment) => setAt(moment.getTime()))
        .catch(say);
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return at;
}
