import type { Bundle } from "../types";
import { isKnown, openBundle, openEffects } from "./bundle";
import { memory } from "./memory";
import { overlay, type Mark } from "./overlay";
import { actState } from "./queue";
import { store, type BundleRow, type EffectRow, type OperationRow, type PlaceRow } from "./store";

const A_DAY_MS = 18 * 3600 * 1000; // an act that needs help is shown at its door on its own day

interface Rows {
  bundle: BundleRow | undefined;
  operations: OperationRow[];
  effects: EffectRow[];
  place: PlaceRow | undefined;
}

export async function readToday(): Promise<Rows> {
  const [bundle, operations, effects, place] = await Promise.all([
    store.bundles.get("bundle"),
    store.operations.toArray(),
    store.effects.toArray(),
    store.place(),
  ]);
  return { bundle, operations, effects, place };
}

/** Today as the screens see it; null while locked or before the first bundle. */
export async function todayOf({ bundle, operations, effects, place }: Rows): Promise<Bundle | null> {
  if (!bundle || !memory.key) return null;
  const held = await openBundle(bundle);
  const { day } = held.bundle;
  const shown = place?.day === day ? place : { open: null, order: [] };
  const marks = operations.filter((row) => isShown(row, bundle)).map(markOf);
  const bySeq = new Map(operations.map((row) => [row.op_id, row.written_at * 1000 + (row.seq % 1000)]));
  const written = (await openEffects(effects)).sort((a, b) => (bySeq.get(a.op_id) ?? 0) - (bySeq.get(b.op_id) ?? 0));
  const today = overlay(held, marks, written, shown);
  await keepOrder(today, shown);
  return today;
}

function isShown(row: OperationRow, bundle: BundleRow): boolean {
  if (!isKnown(row, bundle)) return true;
  return actState(row) === "needs_help" && bundle.asked_at - row.written_at < A_DAY_MS;
}

function markOf(row: OperationRow): Mark {
  const { op_id, seq, kind, errand_id } = row;
  return { op_id, seq, kind, errand_id, state: actState(row), refused: row.result === "rejected" };
}

async function keepOrder(today: Bundle, shown: { open: number | null; order: number[] }): Promise<void> {
  const order = today.stops.map((stop) => stop.id);
  if (order.join() === shown.order.join()) return;
  await store.settings.put({ id: "place", open: shown.open, order, day: today.day });
}

/** Say which stop stands open on the screen, so that nothing moves it meanwhile; null: none. */
export async function setOpenStop(id: number | null): Promise<void> {
  const [place, row] = [await store.place(), await store.bundles.get("bundle")];
  if (!row || !memory.key || place?.open === id) return;
  const { day } = (await openBundle(row)).bundle;
  await store.settings.put({ id: "place", open: id, order: place?.day === day ? place.order : [], day });
}
