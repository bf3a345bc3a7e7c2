/** What the engine takes from the world; tests put their own in its place. */
export const outside = {
  fetch: (url: string, init: RequestInit): Promise<Response> => fetch(url, init),
  now: (): number => Date.now(),
  online: (): boolean => navigator.onLine,
};
