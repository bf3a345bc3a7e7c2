import type { Session, SignedIn } from "../types";
import { forget } from "./bundle";
import { GENESIS } from "./operation";
import { phoneName } from "./model";
import { memory, remember } from "./memory";
import { withRoom } from "./room";
import { beginShift, endIfOver, isOverByClock } from "./shift";
import { api, SignInNeeded, Unreachable } from "./server";
import { answerChallenge, introduce, introduceAnew } from "./signing";
import { store, type DeviceRow, type SessionRow } from "./store";
import { newestOf, standingCounts } from "./queue";
import { triesOf } from "./tries";
import { clearReadable, eraseVault, lockVault, makeVault, openVault, readable, TRIES } from "./vault";

/** Something is still on this phone only: it must be home before the courier leaves. */
export class QueueNotEmpty extends Error {
  override name = "QueueNotEmpty";
  constructor(
    readonly waiting: number,
    readonly waitingFiles: number,
  ) {
    super("the queue is not empty");
  }
}

/** Throws Refused (its `problem.detail` is the sentence), or Unreachable. Then `setPin`. */
export async function signIn(username: string, password: string): Promise<void> {
  const known = await newestDevice();
  const name = await phoneName();
  const proof = known && (await answerChallenge(known.device_id));
  const { body, offset } = await api.signIn({
    ...{ username, password, name, device_id: known?.device_id ?? null },
    ...proof,
  });
  await withRoom(() => layDown(body, name, offset), true);
  forget();
  beginShift();
  remember({ key: null, pending: { access: body.access_token, until: body.access_until }, signInNeeded: false });
  await showKey();
}

function layDown(body: SignedIn, name: string, offset: number): PromiseLike<void> {
  return store.transaction("rw", [store.devices, ...readable()], async () => {
    const before = await store.devices.get(body.device_id);
    await store.devices.put({ ...deviceOf(body, name, offset, before), ...toCall(before) });
    await clearReadable();
    const { device_id, access_until } = body;
    const lasts_ms = Date.parse(access_until) - Date.parse(body.now);
    await store.settings.put({ id: "session", device_id, access_until, lasts_ms, open_ms: 0 });
  });
}

/** The office learns this phone's key at once where the line holds; else at the next contact. */
async function showKey(): Promise<void> {
  const device = await store.device();
  try {
    if (!device) return;
    await introduceAnew(device.device_id);
    await introduce(device);
  } catch (fault) {
    if (!(fault instanceof Unreachable || fault instanceof SignInNeeded)) throw fault;
  }
}

/** Until the next bundle tells them anew. */
const toCall = (before: DeviceRow | undefined) => (before?.telephones ? { telephones: before.telephones } : {});

/** A number once used is never used again: whoever knows the longer chain, phone or server, goes on with it. */
function deviceOf(body: SignedIn, name: string, offset: number, before: DeviceRow | undefined): DeviceRow {
  const ahead = before && before.seq >= body.last_seq;
  return {
    device_id: body.device_id,
    name,
    courier: body.courier,
    upload_token: body.upload_token,
    server_key: body.server_key,
    seq: ahead ? before.seq : body.last_seq,
    head: ahead ? before.head : body.head_hash || GENESIS,
    offset_ms: offset,
    contact_at: body.now,
    epoch: before?.epoch ?? body.epoch ?? null, // another one is noticed at the next contact, which sends again
    revoked: false,
  };
}

async function newestDevice(): Promise<DeviceRow | undefined> {
  return newestOf((await store.devices.toArray()).filter((device) => !device.revoked));
}

/** Six digits; from now on the day can be opened without a network, for one shift. */
export async function setPin(pin: string): Promise<void> {
  if (!memory.pending) throw new Error("sign in first");
  await makeVault(pin, memory.pending.access);
}

/** `over`: the shift has ended, by the clock of this phone at least; no try was counted. */
export async function unlock(pin: string): Promise<{ ok: boolean; triesLeft: number; over?: true }> {
  if (await endIfOver()) return { ok: false, triesLeft: (await readSession()).triesLeft, over: true };
  const found = await openVault(pin);
  if (!found.triesLeft) forget();
  return found;
}

export function lock(): void {
  forget();
  lockVault();
}

/** Throws QueueNotEmpty, or Unreachable: the server must have heard that nothing is left. */
export async function signOut(): Promise<void> {
  const { waiting, waitingFiles } = await standingCounts();
  if (waiting + waitingFiles > 0) throw new QueueNotEmpty(waiting, waitingFiles);
  const device = await store.device();
  if (device) await api.signOut(device.upload_token);
  await eraseVault();
  forget();
}

type Read = Omit<Session, "state" | "over"> & {
  vault: boolean;
  row: SessionRow | undefined;
  known: DeviceRow | undefined;
};

export async function readSession(): Promise<Read> {
  const [session, vault] = [await store.session(), await store.vault()];
  const device = session && (await store.devices.get(session.device_id));
  const triesLeft = TRIES - (vault ? triesOf(vault) : 0);
  const rows = { row: session, known: device };
  const left = { ...rows, vault: vault !== undefined, triesLeft, access_until: session?.access_until ?? null };
  if (!device) return { ...left, courier: null, telephones: null, device: null, revoked: false };
  const { courier, telephones = null, revoked, name, device_id } = device;
  return { ...left, courier, telephones, revoked, device: { id: device_id, name } };
}

export function stateOf({ vault, row, known, ...rest }: Read): Session {
  const over = row !== undefined && isOverByClock(row, known);
  if (rest.courier && memory.pending) return { ...rest, over: false, state: "no_pin" };
  if (!rest.courier || !vault) return { ...rest, over: false, state: "signed_out" };
  return { ...rest, over, state: memory.key && !over ? "open" : "locked" };
}
