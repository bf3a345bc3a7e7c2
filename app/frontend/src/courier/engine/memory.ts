import type { Trouble } from "../types";

/** What lives in this tab only, until it closes: nothing here is ever written down. */
interface Memory {
  key: CryptoKey | null; // of the open vault
  pending: { access: string; until: string } | null; // signed in, the PIN not chosen yet
  sending: Set<string>; // ids of operations on the way
  trying: boolean;
  trouble: Trouble | null; // why the last try did not get through
  signInNeeded: boolean;
  full: boolean; // the disk had no room for what was to be written last
}

export const memory: Memory = {
  key: null,
  pending: null,
  sending: new Set(),
  trying: false,
  trouble: null,
  signInNeeded: false,
  full: false,
};

const listeners = new Set<() => void>();

export function onMemory(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Change what is remembered, and tell the screens. */
export function remember(change: Partial<Memory>): void {
  Object.assign(memory, change);
  for (const listener of listeners) listener();
}
