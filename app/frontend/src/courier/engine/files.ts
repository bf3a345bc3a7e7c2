import type { Problem } from "../types";
import { outside } from "./outside";
import { pace } from "./pace";
import { withRoom } from "./room";
import { api, Refused, Unreachable, type FileState } from "./server";
import { store, type DeviceRow, type FileRow } from "./store";

/**
 * Smallest first: signatures and most photos are home before a big one has blocked a thin line. `breather`, asked after
 * each part: something else goes first now. True: more is left. One that is answered strangely holds up no other.
 */
export async function sendFiles(device: DeviceRow, breather: () => boolean): Promise<boolean> {
  const strange = new Map<string, Unreachable>();
  for (;;) {
    const next = (await waitingOf(device)).find((file) => !strange.has(file.sha256));
    if (!next) break;
    try {
      if (await sendFile(device, next, breather)) return true;
    } catch (fault) {
      strange.set(next.sha256, ofOneFile(fault, strange.size));
    }
  }
  for (const fault of strange.values()) throw fault;
  return false;
}

/** Answered strangely, and alone: else it is not of the file, another answers in our server's place. */
function ofOneFile(fault: unknown, before: number): Unreachable {
  if (fault instanceof Unreachable && fault.why === "foreign" && !before) return fault;
  throw fault;
}

const waitingOf = (device: DeviceRow): Promise<FileRow[]> =>
  store.files
    .where("waits")
    .equals(1)
    .filter((file) => file.device_id === device.device_id)
    .sortBy("size");

const COMING = "coming";

/** Sent again when the courier asks for it; a state that a newer server has must not hold up the other files. */
async function putAside(file: FileRow, problem: Problem): Promise<false> {
  await withRoom(() => store.files.update(file.sha256, { waits: 0, problem }), true);
  return false;
}

/** True: stopped between two parts. */
async function sendFile(device: DeviceRow, file: FileRow, breather: () => boolean): Promise<boolean> {
  const kept = await store.blobs.get(file.sha256);
  if (!kept) return settle(file); // written in one transaction with its row: it left only because it arrived
  const token = device.upload_token;
  let from = file.sent;
  for (;;) {
    const to = Math.min(from + pace.part(), kept.box.length);
    const state = await part(
      from < to ? () => api.part(token, file.sha256, kept.box, from, to) : () => api.file(token, file.sha256),
      file,
    );
    if (state === null) return false; // begun again, or put aside
    if (state.state === "whole") return settle(file);
    if (isUnknown(state, from)) return putAside(file, { code: "file_state_unknown", detail: "" });
    from = stepTo(state.received, from, kept.box.length);
    await withRoom(() => store.files.update(file.sha256, { sent: from }), true);
    if (breather()) return true;
  }
}

const isUnknown = (state: FileState, from: number): boolean => state.received === from && state.state !== COMING;

/** No step, or one that is no number of ours: not our server, or not well. */
function stepTo(received: number, from: number, size: number): number {
  if (!Number.isInteger(received) || received < 0 || received > size || received === from) throw new Unreachable();
  return received;
}

/** One part. The server's own count is the truth: after a dropped line it tells where to go on. */
async function part(send: () => Promise<FileState>, file: FileRow): Promise<FileState | null> {
  try {
    return await send();
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    const { code, received } = fault.problem;
    if (code === "part_out_of_place" && received !== undefined) return { received, state: COMING };
    const left = afterRefusal(code, file) ?? { waits: 0, problem: fault.problem };
    await withRoom(() => store.files.update(file.sha256, left), true);
    return null;
  }
}

/** What may be begun again from its first byte; null: a person has to look. */
function afterRefusal(code: string, file: FileRow): Partial<FileRow> | null {
  if (code === "file_forged" && file.forged === 0) return { forged: 1, sent: 0 };
  if (code === "file_unknown" && file.sent > 0) return { sent: 0 };
  return null;
}

/** Whole and proved over there; its box stays sealed here for a week, should the server lose what it was told. */
async function settle(file: FileRow): Promise<false> {
  const home = { waits: 0, sent: file.size, problem: null, home_at: outside.now() } as const;
  await withRoom(() => store.files.update(file.sha256, home), true);
  return false;
}
