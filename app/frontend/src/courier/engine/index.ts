/** What the screens use of the engine. */
import type { Act, Bundle, OperationKind, Queue, Session } from "../types";
import { actsOf, readActs, type RecordedAct } from "./acts";
import { refreshBundle } from "./bundle";
import { awaitInstall } from "./install";
import { askToKeep } from "./keeping";
import { Live } from "./live";
import { nudge, start, syncNow } from "./loop";
import { renewNotices } from "./notices";
import { since } from "./outside";
import { queueOf, readQueue } from "./queue";
import { record as write } from "./record";
import { endIfOver, officeTime } from "./shift";
import { fetchRoads } from "./roads";
import { readSession, setPin as makePin, signIn as enter, stateOf, unlock as open } from "./session";
import { store, type OperationRow } from "./store";
import { readToday, todayOf } from "./today";
import { fetchWay } from "./way-lines";
import { registerWorker } from "./worker";

const LOADING: Session = {
  state: "loading",
  courier: null,
  telephones: null,
  device: null,
  access_until: null,
  triesLeft: 0,
  revoked: false,
  over: false,
};
const EMPTY: Queue = {
  operations: [],
  files: [],
  waiting: 0,
  waitingFiles: 0,
  needsHelp: 0,
  empty: false,
  lastContact: null,
  offline: false,
  trouble: null,
  signInNeeded: false,
  sending: false,
  clock: null,
  full: false,
};

const session = new Live(LOADING, readSession, stateOf);
const today = new Live<Awaited<ReturnType<typeof readToday>>, Bundle | null>(null, readToday, todayOf);
const queue = new Live(EMPTY, readQueue, queueOf);
const acts = new Live<Awaited<ReturnType<typeof readActs>>, RecordedAct[] | null>(null, readActs, actsOf);

export const useSession = (): Session => session.use();

/** Today with this phone's acts laid over it; null while locked or before the first bundle came. */
export const useBundle = (): Bundle | null => today.use();

export const useQueue = (): Queue => queue.use();

/** What this phone recorded today, in whichever tab; null while it is being read, and while locked. */
export const useActs = (): RecordedAct[] | null => acts.use();

/** How old today's bundle is, in seconds; null: there is none. */
export async function bundleAge(): Promise<number | null> {
  const row = await store.bundles.get("bundle");
  return row ? Math.round(since(row.asked_at) / 1000) : null;
}

/** Throws Refused (show `problem.detail`) or Unreachable. Afterwards the session is `no_pin`: call `setPin`. */
export async function signIn(username: string, password: string): Promise<void> {
  await enter(username, password);
  await askToKeep(); // else the browser may drop the queue when the phone is full
}

/** Six digits. The day is fetched at once. */
export async function setPin(pin: string): Promise<void> {
  await makePin(pin);
  await syncNow();
  void fetchWay().then(fetchRoads).then(renewNotices);
}

/** A wrong PIN is counted even through a reload; the fifth erases the day, never the queue. */
export async function unlock(pin: string): Promise<{ ok: boolean; triesLeft: number; over?: true }> {
  const found = await open(pin);
  if (found.ok) void syncNow().then(fetchWay).then(fetchRoads);
  return found;
}

/** Resolves when the act lies on the disk, sealed; it is sent in the background. */
export async function record<K extends OperationKind>(kind: K, act: Act<K>): Promise<OperationRow> {
  const row = await write(kind, act);
  nudge();
  return row;
}

/** The time by the server's clock, as well as this phone knows it. */
export async function now(): Promise<Date> {
  return new Date(officeTime(await store.device()));
}

/** Once, before the first screen. */
export function startEngine(): void {
  awaitInstall();
  void endIfOver();
  void registerWorker();
  start();
}

export { AlreadyRecorded, rivalOf, type RecordedAct } from "./acts";
export { FormLock } from "./form-lock";
export { add, NOTHING, totalOf } from "./cash";
export { useInstall } from "./install";
export { NoBundle } from "./bundle";
export { checkCode, checkS10, checkSeal } from "./codes";
export { countersign, NoKey, readInvitation, type Invitation, type Signed } from "./countersign";
export { draft } from "./draft";
export { standingCounts } from "./queue";
export type { Ended } from "./loop";
export { allowNotices, endNotices, NoticesBlocked, noticesHere, NoticesLost, type NoticesHere } from "./notices";
export { numbered } from "./overlay";
export { nextLabel, nextReceipt, NoNumberLeft } from "./numbers";
export { shrinkPhoto } from "./photo";
export { isFull } from "./room";
export { isKept, type Kept } from "./keeping";
export { outside, since } from "./outside";
export { position } from "./position";
export { rescueZip } from "./rescue";
export { readRoads } from "./roads";
export { NotSettled, Refused, SignInNeeded, Unreachable } from "./server";
export { lock, QueueNotEmpty, signOut } from "./session";
export { setOpenStop } from "./today";
export { isPin, Locked } from "./vault";
export { fetchWay, readWay } from "./way-lines";
export { useUpdate } from "./worker";
export { refreshBundle, syncNow };
