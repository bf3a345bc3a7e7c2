import type { Collection, InsertType } from "dexie";
import type { Answer, Problem, Result, Standing, WireOperation } from "../types";
import { forgetOld, heardEpoch } from "./boxes";
import { endAccess } from "./bundle";
import { sendFiles } from "./files";
import { remember } from "./memory";
import { outside } from "./outside";
import { pace } from "./pace";
import { wireOf } from "./record";
import { layReserve, withRoom } from "./room";
import { api, NotSettled, Refused, SignInNeeded, Unreachable, type Heard } from "./server";
import { introduce, introduceAnew, offerAgain } from "./signing";
import { store, type DeviceRow, type OperationRow } from "./store";

const SLOW_MS = 10_000; // a clock measured over a slower call is only better than none

/** Ended for one row alone: another courier's may still be heard. */
type EndedOfOne = SignInNeeded | NotSettled | null;

/** Everything that waits, to the server; one tab at a time. What fails is thrown, and nothing is lost by it. */
export async function sendAll(): Promise<void> {
  const acts = await sendActs();
  const { ended } = await sendPictures(() => false);
  throwEnded(acts);
  throwEnded(ended);
}

export function throwEnded(fault: EndedOfOne): void {
  if (fault) throw fault;
}

/** Acts first, of all phones of this one: a thin line must not keep them behind a photograph. */
export async function sendActs(): Promise<EndedOfOne> {
  return ofEach(async (device) => {
    await introduce(device);
    if (!(await sendOperations(device))) throw new NotSettled();
  });
}

/** An operation that does not settle holds up no photograph. `more`: `breather` stopped it, and something is left. */
export async function sendPictures(breather: () => boolean): Promise<{ ended: EndedOfOne; more: boolean }> {
  let more = false;
  const ended = await ofEach(async (device) => {
    more = more || (await sendFiles(device, breather));
  });
  return { ended, more };
}

async function ofEach(work: (device: DeviceRow) => Promise<void>): Promise<EndedOfOne> {
  let ended: EndedOfOne = null;
  for (const device of await store.devices.toArray()) {
    if (!(await waitsOf(device))) continue;
    try {
      await work(device);
    } catch (fault) {
      if (!(fault instanceof SignInNeeded || fault instanceof NotSettled)) throw fault;
      ended = fault;
    }
  }
  return ended;
}

async function waitsOf(device: DeviceRow): Promise<number> {
  return (await waitingOperations(device).count()) + (await waitingFiles(device));
}

const waitingOperations = (device: DeviceRow): Collection<OperationRow, string, InsertType<OperationRow, "op_id">> =>
  store.operations
    .where("[device_id+waits+seq]")
    .between([device.device_id, 1, 0], [device.device_id, 1, Number.MAX_SAFE_INTEGER]);

const waitingFiles = (device: DeviceRow): Promise<number> =>
  store.files
    .where("waits")
    .equals(1)
    .filter((file) => file.device_id === device.device_id)
    .count();

/**
 * In the order they were written, fifty at a time, until none waits. False: one was answered and waits all the same;
 * whatever the reason, asking again at once would be asking without end.
 */
async function sendOperations(device: DeviceRow): Promise<boolean> {
  const answered = new Set<string>();
  let most = pace.batch();
  for (;;) {
    const rows = await waitingOperations(device).limit(most).toArray();
    if (!rows.length) return true;
    if (rows.some((row) => answered.has(row.op_id))) return false;
    try {
      for (const opId of await sendBatch(device, rows)) answered.add(opId);
      most = pace.batch();
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      await keyIsKnown(device, fault);
      // the envelope itself was refused: find the one that is at fault, and let the others go on
      if (rows.length > 1) most = 1;
      else await quarantine(rows[0], fault.problem);
    } finally {
      remember({ sending: new Set() });
    }
  }
}

/** Else the office has forgotten the key, restored from a copy: it is shown again, and then all is sent again. */
async function keyIsKnown(device: DeviceRow, { problem }: Refused): Promise<void> {
  if (problem.code !== "phone_key_unknown") return;
  await introduceAnew(device.device_id);
  throw new Unreachable("ill");
}

/** Which of them were answered: some at least, else it throws. */
async function sendBatch(device: DeviceRow, rows: OperationRow[]): Promise<string[]> {
  const ops = (await Promise.all(rows.map(wireOf))).filter((one): one is WireOperation => one !== null);
  remember({ sending: new Set(rows.map((row) => row.op_id)) });
  const heard = await api.operations(device.upload_token, {
    sent_at: new Date(outside.now()).toISOString(),
    waiting: (await waitingOperations(device).count()) - rows.length,
    waiting_files: await waitingFiles(device),
    ops,
  });
  const asked = new Set(rows.map((row) => row.op_id));
  const came = heard.body.answers as (Answer | null)[];
  const answers = came.filter((answer): answer is Answer => asked.has(answer?.op_id ?? ""));
  if (!answers.length) throw new Unreachable(); // whoever answered that was not our server
  await heardEpoch(device.device_id, heard.body.epoch); // before: what these answers tell is of the new one
  for (const answer of answers) await takeIn(answer);
  await standing(device, heard);
  return answers.map((answer) => answer.op_id);
}

/** One answer; its box stays sealed here for a week, should the server lose what it was told. */
async function takeIn(answer: Answer): Promise<void> {
  const first = answer.result === "duplicate" && answer.stored ? answer.stored : answer;
  const settled = { waits: 0, ...settledBy(first), answered_at: outside.now() } as const;
  await withRoom(() => store.operations.update(answer.op_id, settled), true);
}

const RESULTS: Record<string, Result> = {
  applied: "applied",
  duplicate: "applied",
  needs_review: "needs_review",
  rejected: "rejected",
};

/**
 * How an answer is kept. A newer server may have results that this app does not know: that one is shown as "needs help",
 * its box stays, and the newer app asks for it again (`retryPutAside`).
 */
function settledBy({ result, reviews, problem }: Omit<Answer, "stored">): Partial<OperationRow> {
  const known = Object.hasOwn(RESULTS, result) ? RESULTS[result] : undefined;
  const said = { reviews: Array.isArray(reviews) ? reviews : [], problem: problem ?? null };
  if (known) return { ...said, result: known };
  return { ...said, result: "unknown", problem: said.problem ?? { code: "result_unknown", detail: "" } };
}

async function quarantine(row: OperationRow | undefined, problem: Problem): Promise<void> {
  const refused = { waits: 0, result: "rejected", problem } as const;
  if (row) await withRoom(() => store.operations.update(row.op_id, refused), true);
}

/** What a contact tells besides answers: the time, whether this phone may still read, and what it owes. */
export async function standing(device: DeviceRow, { body, offset, took }: Heard<Standing>): Promise<void> {
  const better = took <= SLOW_MS || device.offset_ms === null || Math.abs(offset - device.offset_ms) > took;
  const measured = better ? { offset_ms: offset } : {};
  const heard = { ...measured, contact_at: body.now, revoked: body.revoked };
  await withRoom(() => store.devices.update(device.device_id, heard), true);
  await heardEpoch(device.device_id, body.epoch);
  await sendAgain(device, body.owes);
  const session = await store.session();
  if (session?.device_id === device.device_id && (body.revoked || body.access_ended)) await endAccess();
}

/** The server misses what it once acknowledged (it was restored from a copy): what is still here goes again. */
async function sendAgain(device: DeviceRow, owes: [number, number][] | undefined): Promise<void> {
  for (const [first, last] of owes ?? []) {
    await store.operations
      .where("[device_id+waits+seq]")
      .between([device.device_id, 0, first], [device.device_id, 0, last], true, true)
      .filter((row) => row.kept === 1 && row.answered_at !== null)
      .modify({ waits: 1 });
  }
}

/** Ask how the server sees this phone; the clock is measured on the way. */
export async function askStatus(): Promise<void> {
  const device = await store.device();
  if (!device) return;
  await introduce(device);
  const waiting = await waitingOperations(device).count();
  await standing(device, await api.status(device.upload_token, waiting, await waitingFiles(device)));
  await forgetOld(); // by a clock that was measured just now
  await layReserve();
}

/**
 * The courier pressed the button, or opened the app: what our own side had put aside, without an answer or without
 * understanding it, is tried once more.
 */
export async function retryPutAside(): Promise<void> {
  await offerAgain();
  await store.operations
    .filter((row) => row.result === "unknown" || (row.result === "rejected" && isOurFault(row)))
    .modify({ waits: 1, result: null, problem: null });
  await store.files.filter((file) => file.problem !== null).modify({ waits: 1, problem: null, forged: 0, sent: 0 });
}

/** Refused before anybody looked at the act: by the line, or by a server from before there were signatures. */
const isOurFault = ({ answered_at, problem }: OperationRow): boolean =>
  answered_at === null || (problem?.errors ?? []).some(({ field }) => field === "signature");
