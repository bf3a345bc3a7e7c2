/** What the engine takes from the world; tests put their own in its place. */
export const outside = {
  fetch: (url: string, init: RequestInit): Promise<Response> => fetch(url, init),
  /** A line kept outside the database. */
  line: {
    read: (name: string): string | null => localStorage.getItem(name),
    write: (name: string, text: string): void => localStorage.setItem(name, text),
  },
  /** What this tab says of itself, over a reload: where a browser keeps no lines (cookies refused). */
  tab: {
    read: (name: string): string | null => (history.state as Record<string, string> | null)?.[name] ?? null,
    write: (name: string, text: string): void => history.replaceState({ [name]: text }, ""),
  },
  now: (): number => Date.now(),
  /** A fault of our own; an old WebKit has no `reportError`. */
  report: (fault: unknown): void => ("reportError" in globalThis ? reportError(fault) : console.error(fault)),
  /** Milliseconds since something; no setting of the clock turns it back. */
  elapsed: (): number => performance.now(),
  visible: (): boolean => document.visibilityState === "visible",
  online: (): boolean => navigator.onLine,
};

/** How long ago that was: once the clock has been set, whichever way, long ago, and never in a time to come. */
export const since = (at: number): number => Math.abs(outside.now() - at);
