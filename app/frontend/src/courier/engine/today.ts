import type { Bundle } from "../types";
import { isKnown, openBundle, openEffects } from "./bundle";
import { layCash, type Unknown } from "./cash";
import { memory } from "./memory";
import { overlay, type Mark } from "./overlay";
import { actState } from "./queue";
import { withRoom } from "./room";
import { store, type ActRow, type BundleRow, type EffectRow, type OperationRow } from "./store";

const A_DAY_MS = 18 * 3600 * 1000; // an act that needs help is shown at its door on its own day

interface Rows {
  bundle: BundleRow | undefined;
  operations: OperationRow[];
  effects: EffectRow[];
  acts: ActRow[];
}

export async function readToday(): Promise<Rows> {
  const [bundle, operations, effects, acts] = await Promise.all([
    store.bundles.get("bundle"),
    store.operations.toArray(),
    store.effects.toArray(),
    store.acts.toArray(),
  ]);
  return { bundle, operations, effects, acts };
}

/** Today as the screens see it; null while locked or before the first bundle. */
export async function todayOf({ bundle, operations, effects, acts }: Rows): Promise<Bundle | null> {
  if (!bundle || !memory.key) return null;
  const held = await openBundle(bundle);
  const marks = operations.filter((row) => isShown(row, bundle)).map(markOf);
  const seqOf = new Map(operations.map((row) => [row.op_id, row.seq])); // of one phone: signing in clears the effects
  const written = (await openEffects(effects)).sort((a, b) => (seqOf.get(a.op_id) ?? 0) - (seqOf.get(b.op_id) ?? 0));
  const today = overlay(held, marks, written);
  const dayOf = new Map(acts.map((act) => [act.op_id, act.day]));
  const unknown = operations
    .filter((row) => !isKnown(row, bundle) && row.result !== "rejected")
    .map((row) => unknownOf(row, dayOf.get(row.op_id)));
  return { ...today, cash: layCash(held.bundle.cash, unknown, written, held.bundle.day) };
}

function unknownOf({ op_id, kind, occurred_at, offset_ms, waits }: OperationRow, day: string | undefined): Unknown {
  const at = new Date(Date.parse(occurred_at) + (offset_ms ?? 0)).toISOString();
  return { op_id, kind, at, day: day || null, waits: waits === 1 };
}

function isShown(row: OperationRow, bundle: BundleRow): boolean {
  if (!isKnown(row, bundle)) return true;
  return actState(row) === "needs_help" && bundle.asked_at - row.written_at < A_DAY_MS;
}

function markOf(row: OperationRow): Mark {
  const { op_id, seq, kind, errand_id } = row;
  const at = new Date(Date.parse(row.occurred_at) + (row.offset_ms ?? 0)).toISOString();
  return { op_id, seq, kind, errand_id, at, state: actState(row), refused: row.result === "rejected" };
}

/** Say which stop stands open on the screen, so that nothing takes it away meanwhile; null: none. */
export async function setOpenStop(id: number | null): Promise<void> {
  if ((await store.place())?.open === id) return;
  await withRoom(() => store.settings.put({ id: "place", open: id }), true);
}
