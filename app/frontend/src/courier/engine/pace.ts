/* How much a request may carry on this line, and how long silence is borne. A line of 15 kbit/s carries 64 KiB in 35 s: with
   parts of one size and one patience it would carry nothing at all, for ever. Nothing here is kept: each start measures anew. */
const LARGEST_PART = 64 * 1024;
const SMALLEST = 4 * 1024;
const A_BATCH = 50; // operations; what the office takes at once
const AN_OPERATION = 2 * 1024; // as it goes over the wire, about
const MOST = A_BATCH * AN_OPERATION;
const TELLING = 1024; // of less than that most of the time is the way, not the load
const WANTED_MS = 10_000; // for one request
const PATIENCE_MS = 30_000;
const LONGEST_MS = 240_000;

let carries = MOST;
let patience = PATIENCE_MS;

export const pace = {
  part: (): number => Math.min(LARGEST_PART, Math.floor(carries)),
  batch: (): number => Math.max(1, Math.min(A_BATCH, Math.floor(carries / AN_OPERATION))),
  patience: (): number => patience,
};

/** A request that carried so much was answered. */
export function went(bytes: number, ms: number): void {
  if (ms <= WANTED_MS) patience = PATIENCE_MS;
  if (bytes < TELLING) return;
  const could = Math.min(carries * 2, (bytes / Math.max(1, ms)) * WANTED_MS);
  const now = bytes < SMALLEST ? Math.max(carries, could) : could;
  carries = Math.min(MOST, Math.max(SMALLEST, now));
}

/** Patience ended before anything was answered: less at a time, and more patience. */
export function tooSlow(): void {
  carries = Math.max(SMALLEST, carries / 4);
  patience = Math.min(LONGEST_MS, patience * 2);
}

/** At the start of the app. */
export function paceAnew(): void {
  [carries, patience] = [MOST, PATIENCE_MS];
}
