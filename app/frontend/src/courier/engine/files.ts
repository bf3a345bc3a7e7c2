import type { Problem } from "../types";
import { outside } from "./outside";
import { withRoom } from "./room";
import { api, Refused, Unreachable, type FileState } from "./server";
import { store, type DeviceRow, type FileRow } from "./store";

export const A_PART = 64 * 1024;

/** Smallest first: signatures and most photos are home before a big one has blocked a thin line. */
export async function sendFiles(device: DeviceRow): Promise<void> {
  for (;;) {
    const waiting = await store.files
      .where("waits")
      .equals(1)
      .filter((file) => file.device_id === device.device_id)
      .sortBy("size");
    const next = waiting[0];
    if (!next) return;
    await sendFile(device, next);
  }
}

const COMING = "coming";

/** Sent again when the courier asks for it; a state that a newer server has must not hold up the other files. */
async function putAside(file: FileRow, problem: Problem): Promise<void> {
  await store.files.update(file.sha256, { waits: 0, problem });
}

async function sendFile(device: DeviceRow, file: FileRow): Promise<void> {
  const kept = await store.blobs.get(file.sha256);
  if (!kept) return settle(file); // written in one transaction with its row: it left only because it arrived
  const token = device.upload_token;
  let from = file.sent;
  for (;;) {
    const to = Math.min(from + A_PART, kept.box.length);
    const state = await part(
      from < to ? () => api.part(token, file.sha256, kept.box, from, to) : () => api.file(token, file.sha256),
      file,
    );
    if (state === null) return; // begun again, or put aside
    if (state.state === "whole") return settle(file);
    if (state.received === from && state.state !== COMING)
      return putAside(file, { code: "file_state_unknown", detail: "" });
    from = stepTo(state.received, from, kept.box.length);
    await withRoom(() => store.files.update(file.sha256, { sent: from }), true);
  }
}

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
    await store.files.update(file.sha256, afterRefusal(code, file) ?? { waits: 0, problem: fault.problem });
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
async function settle(file: FileRow): Promise<void> {
  const home = { waits: 0, sent: file.size, problem: null, home_at: outside.now() } as const;
  await withRoom(() => store.files.update(file.sha256, home), true);
}
