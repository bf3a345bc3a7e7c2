import { makeRoom } from "./boxes";
import { random, type Bytes } from "./bytes";
import { memory, remember } from "./memory";
import { store } from "./store";

/* A full phone goes on: what the office has makes room first, then a reserve laid by for what is small and must be written
   (the answer of the office, a PIN's try, a sign-in). What finds no room even so is told as what it is. */
const RESERVE_BYTES = 256 * 1024;
const A_CALL = 64 * 1024; // as many random bytes as a browser gives at once

export class Full extends Error {
  override name = "Full";
}

/** Dexie wraps what the disk said when it is a transaction that failed. */
export const isFull = (fault: unknown): boolean =>
  fault instanceof Full ||
  (fault instanceof Error &&
    (fault.name === "QuotaExceededError" || (fault as { inner?: Error }).inner?.name === "QuotaExceededError"));

/** Throws Full. `small`: may use the reserve, too; an act with its photographs may not. */
export async function withRoom<T>(work: () => PromiseLike<T>, small = false): Promise<T> {
  for (;;) {
    try {
      const done = await work();
      if (memory.full) remember({ full: false });
      return done;
    } catch (fault) {
      if (!isFull(fault)) throw fault;
      if (!(await roomMade(small))) throw tell(new Full("the disk is full"));
    }
  }
}

const roomMade = async (small: boolean): Promise<boolean> => (await madeRoom()) || (small && (await breakReserve()));

/** Of an act that is let go its number is written down: where even that finds no room, none is made. */
async function madeRoom(): Promise<boolean> {
  try {
    return await makeRoom();
  } catch (fault) {
    if (!isFull(fault)) throw fault;
    return false;
  }
}

function tell(fault: Full): Full {
  remember({ full: true });
  return fault;
}

async function breakReserve(): Promise<boolean> {
  if (!(await store.settings.get("reserve"))) return false;
  await store.settings.delete("reserve");
  return true;
}

/** While there is room. Bytes of chance: a disk that packs what it keeps would make nothing of zeros. */
export async function layReserve(): Promise<void> {
  if (await store.settings.get("reserve")) return;
  try {
    await store.settings.put({ id: "reserve", room: reserve() });
  } catch (fault) {
    if (!isFull(fault)) throw fault;
  }
}

function reserve(): Bytes {
  const room = new Uint8Array(RESERVE_BYTES);
  for (let at = 0; at < RESERVE_BYTES; at += A_CALL) room.set(random(A_CALL), at);
  return room;
}
