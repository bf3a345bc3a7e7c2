/* What the tracking page and the courier's app both do with a browser that may show notices (Web Push). */

/** By it the server says which browser it knows without telling its address. */
export async function markOf(endpoint: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A browser allows one key of ours at a time: what it allowed an older one is given up first. `key`: in base64url. */
export async function subscribed(manager: PushManager, key: string): Promise<PushSubscription> {
  const wanted = bytes(key);
  const there = await manager.getSubscription();
  if (there && sameBytes(there.options.applicationServerKey, wanted)) return there;
  await there?.unsubscribe();
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
}

function bytes(letters: string): Uint8Array<ArrayBuffer> {
  const text = atob(letters.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function sameBytes(one: ArrayBuffer | null, other: Uint8Array): boolean {
  const held = new Uint8Array(one ?? new ArrayBuffer(0));
  return held.length === other.length && held.every((byte, index) => byte === other[index]);
}
