import { outside } from "./outside";
import { store, type OperationRow } from "./store";

export const KEPT_MS = 7 * 24 * 3600 * 1000;
const AT_ONCE = 20;

/** The office said, in words this app knows, that it has it. */
export const isTakenIn = (row: OperationRow): boolean => row.result === "applied" || row.result === "needs_review";

/**
 * What the office has, box by box, stays sealed here for seven days: should its database be restored from a copy, this
 * is where the acts of those hours still are. Then only id, number, hash and result.
 */
export async function forgetOld(): Promise<void> {
  const before = surelyNow((await store.devices.toArray()).map((device) => device.offset_ms ?? 0)) - KEPT_MS;
  await letGo((row) => row.answered_at !== null && row.answered_at < before, Number.MAX_SAFE_INTEGER);
  await store.transaction("rw", store.files, store.blobs, async () => {
    const old = store.files.filter(
      (file) => isHome(file.waits, file.problem) && (file.home_at ?? file.written_at) < before,
    );
    const names = await old.primaryKeys();
    await store.files.bulkDelete(names);
    await store.blobs.bulkDelete(names);
  });
}

/** No later than it is: a clock that stands days ahead must not make a week of a morning. */
const surelyNow = (offsets: number[]): number => outside.now() + Math.min(0, ...offsets);

/**
 * The disk is full and an act at a door has to be written: of what the office has the oldest goes first, photographs before
 * acts, for they take the room. False: nothing is left to go.
 */
export const makeRoom = async (): Promise<boolean> =>
  (await dropPictures()) > 0 || (await letGo(() => true, AT_ONCE)) > 0;

async function dropPictures(): Promise<number> {
  const files = (await store.files.filter((file) => isHome(file.waits, file.problem)).toArray())
    .sort((a, b) => (a.home_at ?? a.written_at) - (b.home_at ?? b.written_at))
    .slice(0, AT_ONCE)
    .map((file) => file.sha256);
  const blobs = await store.blobs.where("sha256").anyOf(files).count();
  await store.blobs.bulkDelete(files);
  await store.files.bulkDelete(files);
  return blobs;
}

const isHome = (waits: 0 | 1, problem: unknown): boolean => !waits && !problem;

/** The oldest acknowledged first, and none whose files are still on their way. Returns how many went. */
async function letGo(wanted: (row: OperationRow) => boolean, most: number): Promise<number> {
  const { operations, boxes, effects, files, past } = store;
  return store.transaction("rw", [operations, boxes, effects, files, past], async () => {
    const settled = (row: OperationRow): boolean => !row.waits && row.answered_at !== null && isTakenIn(row);
    const owing = new Set(await files.filter((file) => !isHome(file.waits, file.problem)).primaryKeys());
    const old = (await operations.filter((row) => settled(row) && wanted(row)).toArray())
      .filter((row) => !row.files.some((sha256) => owing.has(sha256)))
      .sort((a, b) => (a.answered_at ?? 0) - (b.answered_at ?? 0))
      .slice(0, most);
    if (!old.length) return 0;
    const ids = old.map((row) => row.op_id);
    await past.bulkPut(old.map(({ op_id, device_id, seq, hash, result }) => ({ op_id, device_id, seq, hash, result })));
    for (const table of [operations, boxes, effects]) await table.bulkDelete(ids);
    return old.length;
  });
}

/**
 * The server's database is another one than at our last contact: it was restored from a copy, and has forgotten what it
 * told us since. All that is still sealed here goes again; what it knows it answers with "duplicate".
 */
export async function heardEpoch(deviceId: string, epoch: string | undefined): Promise<void> {
  if (!epoch) return; // an older server
  const { devices, operations, boxes, files, blobs } = store;
  await store.transaction("rw", [devices, operations, boxes, files, blobs], async () => {
    const device = await devices.get(deviceId);
    if (!device || device.epoch === epoch) return;
    if (device.epoch) {
      const sealed = new Set(await boxes.toCollection().primaryKeys());
      const pictures = new Set(await blobs.toCollection().primaryKeys());
      await operations
        .filter((row) => row.device_id === deviceId && row.answered_at !== null && sealed.has(row.op_id))
        .modify({ waits: 1 });
      await files
        .filter((file) => file.device_id === deviceId && !file.problem && pictures.has(file.sha256))
        .modify({ waits: 1, sent: 0, home_at: null });
    }
    await devices.update(deviceId, { epoch });
  });
}
