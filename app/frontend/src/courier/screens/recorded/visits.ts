import type { RecordedAct } from "../../engine";
import type { Bundle, Errand } from "../../types";
import { whyNot } from "../day/outcome";

/** What was recorded at an errand as visits of its door: a telephone call is none, it says all of itself in the list. */
export const visitsAt = (errandId: string | null, acts: RecordedAct[]): RecordedAct[] =>
  acts.filter((act) => act.errand_id === errandId && act.kind !== "called");

/** "Not done", and nobody was there since: words that were put right later are no visit. */
export const endedUndone = (act: RecordedAct, acts: RecordedAct[]): boolean =>
  act.kind === "not_done" &&
  visitsAt(act.errand_id, acts)
    .filter(({ kind }) => kind !== "amended")
    .at(-1)?.op_id === act.op_id;

const OVER = new Set(["done", "returned", "cancelled"]);

/** What another phone told of this door today, or this one before its answers were kept: it may be tried once more. */
export const wasTriedElsewhere = (bundle: Bundle, errand: Errand, acts: RecordedAct[] | null): boolean =>
  acts !== null &&
  bundle.route?.started === true &&
  errand.closed &&
  whyNot(errand) !== null &&
  !OVER.has(errand.state) &&
  !visitsAt(errand.id, acts).length;
