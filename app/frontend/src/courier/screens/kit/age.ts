import { useEffect, useState } from "preact/hooks";
import { bundleAge } from "../../engine";
import type { Bundle } from "../../types";
import { ago } from "../time";
import { say } from "../trouble";

const LOOK_MS = 20_000;

/** "12 phút trước": how old what is shown is, told anew while it is looked at. */
export function useAge(bundle: Bundle | null): string {
  const [age, setAge] = useState("");
  useEffect(() => {
    const look = () => {
      bundleAge()
        .then((seconds) => setAge(seconds === null ? "" : ago(Date.now() - seconds * 1000, Date.now())))
        .catch(say);
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [bundle?.made_at]);
  return age;
}
