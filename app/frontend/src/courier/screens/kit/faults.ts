import { useEffect, useState } from "preact/hooks";

export type Faults = Record<string, string>;

/** What keeps a form from going on, beside each field; the first one is brought into view. */
export function useFaults() {
  const [faults, setFaults] = useState<Faults>({});
  useEffect(() => {
    if (Object.keys(faults).length) document.querySelector(".has-error, .field__error")?.scrollIntoView({ block: "center" });
  }, [faults]);
  const passes = (found: Faults): boolean => {
    setFaults(found);
    return Object.keys(found).length === 0;
  };
  return { faults, passes };
}
