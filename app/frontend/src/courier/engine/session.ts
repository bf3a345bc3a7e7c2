import type { Session, SignedIn } from "../types";
import { forget } from "./bundle";
import { GENESIS } from "./operation";
import { memory, remember } from "./memory";
import { outside } from "./outside";
import { withRoom } from "./room";
import { api, SignInNeeded, Unreachable } from "./server";
import { answerChallenge, introduce, introduceAnew } from "./signing";
import { store, type DeviceRow } from "./store";
import { standingCounts } from "./queue";
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
  const name = phoneName();
  const proof = known && (await answerChallenge(known.device_id));
  const { body, offset } = await api.signIn({
    ...{ username, password, name, device_id: known?.device_id ?? null },
    ...proof,
  });
  await withRoom(() => layDown(body, name, offset), true);
  forget();
  remember({ key: null, pending: { access: body.access_token, until: body.access_until }, signInNeeded: false });
  await showKey();
}

function layDown(body: SignedIn, name: string, offset: number): PromiseLike<void> {
  return store.transaction("rw", [store.devices, ...readable()], async () => {
    const before = await store.devices.get(body.device_id);
    await store.devices.put(deviceOf(body, name, offset, before));
    await clearReadable();
    await store.settings.put({ id: "session", device_id: body.device_id, access_until: body.access_until });
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
  const devices = (await store.devices.toArray()).filter((device) => !device.revoked);
  return devices.sort((a, b) => (b.contact_at ?? "").localeCompare(a.contact_at ?? ""))[0];
}

function phoneName(): string {
  const agent = navigator.userAgent;
  const system = /Android [\d.]+|iPhone|iPad|Windows|Macintosh|Linux/.exec(agent)?.[0] ?? "?";
  const browser = /(Firefox|Edg|SamsungBrowser|Chrome|Version)\/(\d+)/.exec(agent);
  return browser ? `${system} · ${browser[1] ?? ""} ${browser[2] ?? ""}` : system;
}

/** Six digits; from now on the day can be opened without a network, for one shift. */
export async function setPin(pin: string): Promise<void> {
  if (!memory.pending) throw new Error("sign in first");
  await makeVault(pin, memory.pending.access);
}

export async function unlock(pin: string): Promise<{ ok: boolean; triesLeft: number }> {
  if (await endIfOver()) return { ok: false, triesLeft: 0 };
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

/** A shift lasts until `access_until` by the server's clock, network or not. True: it was over, the day is erased. */
export async function endIfOver(): Promise<boolean> {
  const [session, device] = [await store.session(), await store.device()];
  if (!session || outside.now() + (device?.offset_ms ?? 0) < Date.parse(session.access_until)) return false;
  await eraseVault();
  forget();
  return true;
}

export async function readSession(): Promise<Omit<Session, "state"> & { vault: boolean }> {
  const [session, vault] = [await store.session(), await store.vault()];
  const device = session && (await store.devices.get(session.device_id));
  const triesLeft = TRIES - (vault ? triesOf(vault) : 0);
  const left = { vault: vault !== undefined, triesLeft, access_until: session?.access_until ?? null };
  if (!device) return { ...left, courier: null, device: null, revoked: false };
  const { courier, revoked, name, device_id } = device;
  return { ...left, courier, revoked, device: { id: device_id, name } };
}

export function stateOf({ vault, ...rest }: Awaited<ReturnType<typeof readSession>>): Session {
  if (rest.courier && memory.pending) return { ...rest, state: "no_pin" };
  if (!rest.courier || !vault) return { ...rest, state: "signed_out" };
  return { ...rest, state: memory.key ? "open" : "locked" };
}
