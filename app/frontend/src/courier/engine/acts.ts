import type { ActState, FileKind, OperationKind, Payloads } from "../types";
import { openBundle } from "./bundle";
import { memory } from "./memory";
import { actState } from "./queue";
import { store, type ActRow, type BundleRow, type OperationRow } from "./store";
import { openLocal } from "./vault";

/** It is recorded already: by another tab, or before the form was opened once more. */
export class AlreadyRecorded extends Error {
  override name = "AlreadyRecorded";

  constructor(readonly at: Date) {
    super();
  }
}

/** What makes an act the same as another: whoever stands at this errand ends it once a round. */
export interface Once {
  kind: OperationKind;
  errand_id: string | null;
  thing: string | null; // a dossier, a route
  round: number; // 2: after "not done" the courier came back on the same day
}

type Told = Once & { op_id: string };

const endsRound = (told: Once, act: Once): boolean =>
  told.kind === "delivered" || (told.kind === "not_done" && told.round >= act.round);

const sameThing = (told: Once, act: Once): boolean => told.kind === act.kind && told.thing === act.thing;

type Rule = (told: Once, act: Once) => boolean;

const RULES: Partial<Record<OperationKind, Rule>> = {
  run_started: sameThing,
  run_ended: sameThing,
  collected: (told, act) => sameThing(told, act) || endsRound(told, act),
  delivered: endsRound,
  not_done: endsRound,
};

/** What was recorded before and leaves no room for `act`. `dossiers`: all that the errand collects, if it does. */
export function rivalOf<T extends Told>(act: Once, before: T[], dossiers: string[] = []): T | null {
  const rule = RULES[act.kind];
  const here = before.filter((told) => told.errand_id === act.errand_id);
  const rival = rule && here.find((told) => rule(told, act));
  if (rival) return rival;
  return act.kind === "not_done" ? collectedWhole(here, dossiers) : null;
}

/** All papers of the errand are in the bag: there is nothing left that could not be done. */
function collectedWhole<T extends Told>(here: T[], dossiers: string[]): T | null {
  const taken = here.filter((told) => told.kind === "collected");
  const whole = dossiers.length > 0 && dossiers.every((id) => taken.some((told) => told.thing === id));
  return whole ? (taken.at(-1) ?? null) : null;
}

export const thingOf = (payload: Payloads[OperationKind]): string | null => {
  if ("dossier_id" in payload) return payload.dossier_id;
  if ("amends" in payload) return payload.amends;
  return "route_id" in payload ? String(payload.route_id) : null;
};

/** Inside the transaction that writes: two tabs cannot both win. What the office refused does not count. */
export async function refuseTwice(act: ActRow, dossiers: string[]): Promise<void> {
  const before = await store.acts.where("day").equals(act.day).toArray();
  const rows = await store.operations.bulkGet(before.map((row) => row.op_id));
  const stands = before.filter((_, at) => rows[at]?.result !== "rejected");
  const rival = rivalOf(act, stands, dossiers);
  if (rival) throw new AlreadyRecorded(new Date(rival.written_at));
}

/** What this phone recorded today, as it is shown again. */
export interface RecordedAct {
  op_id: string;
  kind: OperationKind;
  errand_id: string | null;
  thing: string | null; // the dossier, the route or the act that it is about
  round: number;
  at: string; // by the phone's clock
  state: ActState;
  said: Payloads[OperationKind] | null; // null: this sign-in can't read it
  files: FileKind[];
}

export interface Kept {
  said: Payloads[OperationKind];
  files: FileKind[];
}

interface Rows {
  acts: ActRow[];
  operations: (OperationRow | undefined)[];
  bundle: BundleRow | undefined;
}

export async function readActs(): Promise<Rows> {
  const [acts, bundle] = await Promise.all([store.acts.toArray(), store.bundles.get("bundle")]);
  return { acts, operations: await store.operations.bulkGet(acts.map((act) => act.op_id)), bundle };
}

/** What this phone recorded today, oldest first; null while locked. */
export async function actsOf({ acts, operations, bundle }: Rows): Promise<RecordedAct[] | null> {
  if (!bundle || !memory.key) return null;
  const { day } = (await openBundle(bundle)).bundle;
  const shown = acts.map((act, at) => ({ act, operation: operations[at] }));
  const todays = shown.filter(({ act, operation }) => act.day === day && operation?.result !== "rejected");
  const opened = await Promise.all(todays.map(({ act, operation }) => open(act, operation)));
  return opened.sort((a, b) => a.at.localeCompare(b.at));
}

async function open(act: ActRow, operation: OperationRow | undefined): Promise<RecordedAct> {
  const { op_id, kind, errand_id, thing, round } = act;
  const kept = await openLocal<Kept>(act).catch(() => null); // written under the key of an earlier sign-in
  return {
    ...{ op_id, kind, errand_id, thing, round },
    at: new Date(act.written_at).toISOString(),
    state: operation ? actState(operation) : "received",
    said: kept?.said ?? null,
    files: kept?.files ?? [],
  };
}
