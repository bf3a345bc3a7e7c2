import type { ActState, PhoneClock, Queue, QueuedOperation, Trouble } from "../types";
import { memory } from "./memory";
import { outside } from "./outside";
import { officeTime } from "./shift";
import { store, type DeviceRow, type FileRow, type OperationRow } from "./store";

export interface QueueRows {
  operations: OperationRow[];
  files: FileRow[];
  devices: DeviceRow[];
}

export async function readQueue(): Promise<QueueRows> {
  const [operations, files, devices] = await Promise.all([
    store.operations.toArray(),
    store.files.toArray(),
    store.devices.toArray(),
  ]);
  return { operations, files, devices };
}

/** What is not home yet. What the server or this phone has put aside is not waited for: people look at it. */
export async function standingCounts(): Promise<{ waiting: number; waitingFiles: number }> {
  const waiting = await store.operations.where("waits").equals(1).count();
  return { waiting, waitingFiles: await store.files.where("waits").equals(1).count() };
}

export function actState(row: OperationRow): ActState {
  if (row.waits) return memory.sending.has(row.op_id) ? "sending" : "saved";
  return row.result === "applied" && !row.problem && !row.reviews.length ? "received" : "needs_help";
}

function queued(row: OperationRow): QueuedOperation {
  const { op_id, seq, kind, errand_id, reviews, problem } = row;
  const since = new Date(Date.parse(row.occurred_at) + (row.offset_ms ?? 0)).toISOString(); // as the office will read it
  const office = !row.waits && row.result === "needs_review";
  return { op_id, seq, kind, errand_id, state: actState(row), office, since, reviews, problem };
}

const NOTICED_MS = 120_000; // as the office does: app/domain/operation.py

/** What the clock of this phone is told to be wrong by. */
export function clockOf(devices: DeviceRow[]): PhoneClock | null {
  const newest = newestOf(devices);
  if (!newest?.contact_at || newest.offset_ms === null) return null;
  const moved = officeTime(newest) < Date.parse(newest.contact_at) - NOTICED_MS;
  const offMs = Math.abs(newest.offset_ms) > NOTICED_MS ? -newest.offset_ms : 0;
  return moved || offMs ? { offMs, moved } : null;
}

/** The row of the last contact. */
export const newestOf = (devices: DeviceRow[]): DeviceRow | undefined =>
  [...devices].sort((a, b) => (b.contact_at ?? "").localeCompare(a.contact_at ?? ""))[0];

const NO_LINE: Trouble = { why: "no_line", detail: "" };

export function queueOf({ operations, files, devices }: QueueRows): Queue {
  const shown = operations.map(queued).sort((a, b) => b.since.localeCompare(a.since) || b.seq - a.seq);
  const unsent = files.filter((file) => file.waits || file.problem);
  const trouble = outside.online() ? memory.trouble : NO_LINE;
  const contacts = devices.flatMap((device) => device.contact_at ?? []).sort();
  return {
    operations: shown,
    files: unsent.map(({ sha256, kind, size, sent, problem }) => ({ sha256, kind, size, sent, problem })),
    waiting: operations.filter((row) => row.waits).length,
    waitingFiles: files.filter((file) => file.waits).length,
    needsHelp:
      shown.filter((row) => row.state === "needs_help" && !row.office).length +
      files.filter((file) => file.problem !== null).length,
    empty: !operations.length && devices.every((device) => device.seq === 0),
    lastContact: contacts.at(-1) ?? null,
    offline: trouble !== null && trouble.why !== "refused",
    trouble,
    signInNeeded: memory.signInNeeded,
    sending: memory.trying,
    clock: clockOf(devices),
    full: memory.full,
  };
}
