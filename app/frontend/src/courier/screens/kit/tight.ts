import { useEffect, useState } from "preact/hooks";

const LINES = 30; // of the root's font: below, a sticky frame would leave too little to read in

const isTight = (): boolean =>
  innerHeight < LINES * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

/** Big type or a small window: bar and actions then scroll with the page. */
export function useTight(): boolean {
  const [tight, setTight] = useState(isTight);
  useEffect(() => {
    const look = () => setTight(isTight());
    look();
    addEventListener("resize", look);
    return () => removeEventListener("resize", look);
  }, []);
  return tight;
}
