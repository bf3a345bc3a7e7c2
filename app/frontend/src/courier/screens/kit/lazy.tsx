import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../language/sentences";
import { Notice } from "./page";

/** A part fetched when it is first opened; when the file cannot be had, that is said instead. */
export function lazy<P extends object>(fetchPart: () => Promise<ComponentType<P>>, wait: ComponentChildren) {
  let part: ComponentType<P> | null = null;
  return function Part(props: P) {
    const [state, setState] = useState<"coming" | "here" | "failed">(part ? "here" : "coming");
    useEffect(() => {
      if (part) return;
      fetchPart().then(
        (fetched) => {
          part = fetched;
          setState("here");
        },
        () => setState("failed"),
      );
    }, []);
    if (state === "failed") return <Notice tone="bad" title={t("Chưa mở được phần này. Xin thử lại khi có mạng.")} />;
    if (!part) return <>{wait}</>;
    const Fetched = part;
    return <Fetched {...props} />;
  };
}
