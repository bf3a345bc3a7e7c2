/** Whether the browser may clear this app's data when the phone is full or it thinks the app forgotten. */
export type Kept = "kept" | "may_be_cleared" | "unknown";

// a WebKit of before has no `storage` at all, whatever the types say: what a browser lacks is no failure
const storage = (): Partial<StorageManager> | undefined => (navigator as { storage?: Partial<StorageManager> }).storage;

/** Ask for it; a browser may say no, ask the courier, or never have heard of it. */
export async function askToKeep(): Promise<void> {
  try {
    await storage()?.persist?.();
  } catch {
    // it says no in another way
  }
}

export async function isKept(): Promise<Kept> {
  try {
    const kept = await storage()?.persisted?.();
    return kept === undefined ? "unknown" : kept ? "kept" : "may_be_cleared";
  } catch {
    return "unknown";
  }
}
