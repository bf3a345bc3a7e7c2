import type { WireBundle, WireErrand, WireStop } from "../types";
import type { Effect } from "./effects";
import { memory, remember } from "./memory";
import { outside } from "./outside";
import { withRoom } from "./room";
import { api, SignInNeeded } from "./server";
import { store, type BundleRow, type EffectRow, type OperationRow } from "./store";
import { accessToken, closeLocal, eraseVault, Locked, openLocal } from "./vault";

/** The bundle, and stops that left the route while they stood open here or held an act of today. */
export interface Held {
  bundle: WireBundle;
  kept: WireStop[];
}

export type Written = Effect & { op_id: string };

export class NoBundle extends Error {
  override name = "NoBundle";
}

// opened once, not at every look; both are dropped with the key
let opened: { row: BundleRow; held: Held } | null = null;
const effects = new Map<string, Written>();

export function forget(): void {
  opened = null;
  effects.clear();
}

const same = (a: BundleRow, b: BundleRow): boolean => a.iv.every((byte, index) => byte === b.iv[index]);

export async function openBundle(row: BundleRow): Promise<Held> {
  if (!opened || !same(opened.row, row)) opened = { row, held: await openLocal<Held>(row) };
  return opened.held;
}

export async function openEffects(rows: EffectRow[]): Promise<Written[]> {
  return Promise.all(
    rows.map(async (row) => {
      const known = effects.get(row.op_id) ?? { ...(await openLocal<Effect>(row)), op_id: row.op_id };
      effects.set(row.op_id, known);
      return known;
    }),
  );
}

/** Today's bundle as it came, without the acts of this phone. */
export async function readBundle(): Promise<WireBundle> {
  const row = await store.bundles.get("bundle");
  if (!row) throw new NoBundle();
  return (await openBundle(row)).bundle;
}

/** Ask for today's bundle and lay it down. What is not known to it yet (waiting operations) stays over it. */
export async function refreshBundle(): Promise<void> {
  const token = await accessToken();
  const before = await store.bundles.get("bundle");
  const asking = { asked_at: outside.now(), knows: await answered() };
  try {
    const came = await api.bundle(token, before?.etag ?? null);
    if (came) await layDown(came.bundle, came.etag, asking);
    else await withRoom(() => store.bundles.update("bundle", asking), true);
  } catch (fault) {
    if (!(fault instanceof SignInNeeded)) throw fault;
    await endAccess();
    return;
  }
  await dropKnown();
}

/** The shift is over, or ended elsewhere: the readable day leaves the phone at once, the sealed queue stays. */
export async function endAccess(): Promise<void> {
  await eraseVault();
  forget();
  remember({ signInNeeded: true });
}

type Asking = Required<Pick<BundleRow, "asked_at" | "knows">>;

const answered = async (): Promise<Set<string>> =>
  new Set(await store.operations.filter((row) => row.answered_at !== null).primaryKeys());

async function layDown(bundle: WireBundle, etag: string | null, asking: Asking): Promise<void> {
  const session = await store.session();
  if (!session) throw new Locked();
  const kept = await stillNeeded(bundle);
  const box = await closeLocal({ bundle, kept } satisfies Held);
  const { device_id } = session;
  const row: BundleRow = { id: "bundle", device_id, etag, made_at: bundle.made_at, ...asking, ...box };
  const { name, phone, duty_phone } = bundle.courier.office;
  const telephones = { office: name, counter: phone, duty: duty_phone ?? null };
  await withRoom(() => store.devices.update(device_id, { telephones }), true);
  await withRoom(() => store.bundles.put(row));
}

async function stillNeeded(bundle: WireBundle): Promise<WireStop[]> {
  const row = await store.bundles.get("bundle");
  const old = row && (await openBundle(row));
  if (old?.bundle.day !== bundle.day) return [];
  const [place, operations] = [await store.place(), await store.operations.toArray()];
  const acted = new Set(operations.map((operation) => operation.errand_id));
  const there = new Set(bundle.stops.map((stop) => stop.id));
  return [...old.bundle.stops, ...old.kept].filter(
    (stop) => !there.has(stop.id) && (stop.id === place?.open || stop.errands.some((errand) => acted.has(errand.id))),
  );
}

/** Answered before the bundle was asked for: the bundle holds it, however the clock was set in between. */
export const isKnown = ({ op_id, answered_at }: OperationRow, { knows, asked_at }: BundleRow): boolean =>
  answered_at !== null && (knows ? knows.has(op_id) : answered_at < asked_at);

const CLOSED = new Set(["done", "failed", "held", "returned", "cancelled"]);

/** Nothing is left to do for it today, by the office's own book: closed, tried today, or given another day. */
export const isClosed = ({ state, today, again }: Pick<WireErrand, "state" | "today" | "again">): boolean =>
  CLOSED.has(state) || Boolean(today) || Boolean(again);

async function dropKnown(): Promise<void> {
  const row = await store.bundles.get("bundle");
  if (!row || !memory.key) return;
  const { bundle } = await openBundle(row);
  const closed = new Set(bundle.stops.flatMap((stop) => stop.errands.filter(isClosed).map((errand) => errand.id)));
  const here = new Set(bundle.stops.flatMap((stop) => stop.errands.map((errand) => errand.id)));
  const operations = new Map((await store.operations.toArray()).map((one) => [one.op_id, one]));
  const over = (effect: Written): boolean => {
    const operation = operations.get(effect.op_id);
    if (!operation) return true;
    if (!isKnown(operation, row)) return false;
    // of an errand with several dossiers the bundle does not say which was taken: that is kept until all are
    return effect.kind !== "collected" || closed.has(effect.errand_id ?? "") || !here.has(effect.errand_id ?? "");
  };
  const dropped = (await openEffects(await store.effects.toArray())).filter(over).map((effect) => effect.op_id);
  await store.effects.bulkDelete(dropped);
  for (const id of dropped) effects.delete(id);
}
