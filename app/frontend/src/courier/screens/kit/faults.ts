import { useEffect, useState } from "preact/hooks";

export type Faults = Record<string, string>;

/** What keeps a form from going on, beside each field; the first one is brought into view. */
export function useFaults() {
  const [faults, setFaults] = useState<Faults>({});
  const [tried, setTried] = useState(0);
  useEffect(() => {
    if (tried) document.querySelector(".has-error, .field__error")?.scrollIntoView({ block: "center" });
  }, [tried]);
  const passes = (found: Faults): boolean => {
    setFaults(found);
    setTried((times) => times + 1);
    return Object.keys(found).length === 0;
  };
  /** What is answered now is no fault any more. */
  const clear = (fields: string[]): void => {
    if (fields.some((field) => field in faults))
      setFaults(Object.fromEntries(Object.entries(faults).filter(([field]) => !fields.includes(field))));
  };
  return { faults, passes, clear };
}
