import type { Trouble } from "../types";
import { NoBundle, refreshBundle } from "./bundle";
import { memory, remember } from "./memory";
import { outside, since } from "./outside";
import { paceAnew } from "./pace";
import { Full } from "./room";
import { answersHeard, NotSettled, Refused, SignInNeeded, Unreachable } from "./server";
import { endIfOver } from "./shift";
import { askStatus, retryPutAside, sendActs, sendPictures, throwEnded } from "./sync";
import { Locked } from "./vault";

const TICK_MS = 15_000;
const QUIET_MS = 60_000; // how often the phone asks what is new while it is looked at; an ETag makes it cheap
const UNSEEN_MS = 300_000; // and while it lies in the pocket
const FIRST_MS = 1000;
const LONGEST_MS = 300_000;

const NONE = { from: 0, ms: 0 };

let failures = 0;
let pause = NONE;
let lastLook = 0;
let lookFailed = false; // the last one: the next comes after the photographs
let written = false; // an act, since the last were sent
let timer: ReturnType<typeof setTimeout> | undefined;

/** 1 s, 2 s, 4 s … 5 min, for ever; a little apart, so that a whole office does not knock at once. */
export function backOff(tries: number, chance = Math.random()): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 20)) * (0.8 + 0.4 * chance);
}

/** How a try ended, for whoever asked for it: `elsewhere`: another tab is at it. */
export interface Ended {
  fault: Error | null;
  elsewhere: boolean;
}

/** Send what waits and fetch what is new, now; what was put aside on this side is tried once more. */
export async function syncNow(): Promise<Ended> {
  await running;
  await retryPutAside();
  return run(true);
}

/** One tab sends; the others see it on the disk. False: another one is at it. */
async function alone(work: () => Promise<void>): Promise<boolean> {
  if (!("locks" in navigator)) return work().then(() => true);
  return navigator.locks.request("tannha-sync", { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    return lock !== null;
  });
}

let running: Promise<Ended> | null = null;

export async function run(asked: boolean): Promise<Ended> {
  if (running) return running;
  if (!asked && since(pause.from) < pause.ms) return { fault: null, elsewhere: false };
  running = tryOnce(asked);
  try {
    return await running;
  } finally {
    running = null;
  }
}

async function tryOnce(asked: boolean): Promise<Ended> {
  remember({ trying: true });
  const before = answersHeard();
  try {
    const mine = await alone(() => once(asked));
    if (mine) {
      [failures, pause] = [0, NONE];
      remember({ trouble: null });
    }
    return { fault: null, elsewhere: !mine };
  } catch (fault) {
    // something got through: a thin line is not a dead one
    if (answersHeard() > before && isOfTheLine(fault)) failures = 0;
    fail(fault);
    return { fault: fault as Error, elsewhere: false };
  } finally {
    remember({ trying: false });
  }
}

/** What was done goes first, then what is new of the day comes, then photographs; between two parts of one, it begins anew. */
async function once(asked: boolean): Promise<void> {
  await endIfOver();
  let wanted = asked;
  while (await aRound(wanted)) wanted = false;
}

/** True: more is left. */
async function aRound(wanted: boolean): Promise<boolean> {
  written = false;
  const acts = await sendActs();
  if (acts instanceof SignInNeeded) throw acts;
  if (memory.key) remember({ signInNeeded: false });
  try {
    return await lookAndShow(wanted);
  } finally {
    throwEnded(acts); // whatever the line did afterwards: one that does not settle is asked for ever more rarely
  }
}

/** What is new of the day, and photographs; on a line that breaks often they have the first turn by turns. */
async function lookAndShow(wanted: boolean): Promise<boolean> {
  const wants = wanted || lookDue();
  const waits = wants && lookFailed;
  if (wants && !waits) await look();
  lookFailed = false;
  const { ended, more } = await sendPictures(() => written || lookDue());
  throwEnded(ended);
  return more || waits;
}

const lookDue = (): boolean => since(lastLook) > (outside.visible() ? QUIET_MS : UNSEEN_MS);

/** How the server sees this phone, and what has changed of today. */
async function look(): Promise<void> {
  lookFailed = true;
  await askStatus();
  if (memory.key) {
    try {
      await refreshBundle();
    } catch (fault) {
      if (!(fault instanceof Locked || fault instanceof NoBundle || fault instanceof Refused)) throw fault;
    }
  }
  [lastLook, lookFailed] = [outside.now(), false];
}

function fail(fault: unknown): void {
  remember({ trouble: troubleOf(fault), signInNeeded: memory.signInNeeded || fault instanceof SignInNeeded });
  if (!KNOWN.some((kind) => fault instanceof kind)) outside.report(fault);
  const wait = Math.max(backOff(failures), fault instanceof Unreachable ? fault.retryAfterMs : 0);
  failures += 1;
  pause = { from: outside.now(), ms: wait };
  clearTimeout(timer);
  timer = setTimeout(() => void run(false), wait);
}

/** Else it was answered, in a way that may be the same for ever. */
const isOfTheLine = (fault: unknown): boolean =>
  fault instanceof Unreachable && (fault.why === "no_line" || fault.why === "slow");

const KNOWN = [SignInNeeded, Unreachable, NotSettled, Refused, Full];

function troubleOf(fault: unknown): Trouble | null {
  if (fault instanceof Unreachable) return { why: fault.why, detail: fault.detail };
  return fault instanceof Refused ? { why: "refused", detail: fault.problem.detail } : null;
}

/** As at the start of the app. */
export function loopAnew(): void {
  [failures, pause, lastLook, lookFailed, written] = [0, NONE, 0, false, false];
  clearTimeout(timer);
  paceAnew();
}

/** A new act goes at once; after failures it waits its turn with the others. */
export function nudge(): void {
  written = true;
  void run(false);
}

/** Once at the start of the app: on open, back on line, visible again, and every 15 s. */
export function start(): void {
  loopAnew();
  addEventListener("online", () => void run(true));
  addEventListener("offline", () => remember({}));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void run(true);
  });
  setInterval(() => void run(false), TICK_MS);
  void run(true);
}
