import { useEffect, useState } from "preact/hooks";

const ADDRESS = "/buu-ta/sw.js";
const LOOK_MS = 3600 * 1000;

let waiting: ServiceWorker | null = null;
const listeners = new Set<() => void>();

function found(worker: ServiceWorker | null): void {
  waiting = worker;
  for (const listener of listeners) listener();
}

/** Keep the app on the phone. A newer one is fetched beside it and waits until the courier asks for it. */
export async function registerWorker(): Promise<void> {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  let registration: ServiceWorkerRegistration;
  try {
    registration = await navigator.serviceWorker.register(ADDRESS, { scope: "/buu-ta/", updateViaCache: "none" });
  } catch {
    return; // a browser that will not keep the app, in a private window: it works as long as it is open
  }
  if (registration.waiting) found(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", () => {
      if (coming.state === "installed" && navigator.serviceWorker.controller) found(coming);
    });
  });
  setInterval(() => void registration.update().catch(() => undefined), LOOK_MS);
}

/** "Có bản mới": show it where no act is open; `apply` starts the newer app. */
export function useUpdate(): { ready: boolean; apply: () => void } {
  const [, redraw] = useState({});
  useEffect(() => {
    const listener = (): void => redraw({});
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return { ready: waiting !== null, apply };
}

function apply(): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting?.postMessage({ type: "SKIP_WAITING" });
}
