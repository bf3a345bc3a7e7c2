import type { OperationKind, Payloads, Purses, Receipt } from "../types";
import { pursesOf } from "./cash";

/** What an act changes in today's bundle until the bundle itself knows: ids and codes only. */
export interface Effect {
  kind: OperationKind;
  errand_id: string | null;
  dossier_id?: string;
  taken?: string[]; // envelopes now with this courier
  given?: string[]; // no longer
  seal?: string;
  stops?: number[];
  code?: string;
  pin?: { place_id: string; lon: number; lat: number };
  receipt?: ({ number: string; official: string | null } & Purses) | null; // not there: written by an app of before
  purses?: Purses; // counted at the end of the run
}

type Part = Partial<Effect>;
type Of<K extends OperationKind> = (payload: Payloads[K], courierId: number) => Part;

const READERS: { [K in OperationKind]: Of<K> } = {
  run_started: () => ({}),
  run_ended: ({ purses }) => ({ purses }),
  collected: ({ dossier_id, label, seal, receipt }) => ({ dossier_id, taken: [label], seal, ...moneyOf(receipt) }),
  delivered: ({ parcels, receipt }) => ({ given: parcels, ...moneyOf(receipt) }),
  not_done: () => ({}),
  handed_over: ({ parcels, taker }, courierId) =>
    taker.holder === "courier" && taker.id === String(courierId) ? { taken: parcels } : { given: parcels },
  stop_added: ({ code }) => ({ code }),
  reordered: ({ stops }) => ({ stops }),
  pin_corrected: ({ place_id, lon_e6, lat_e6 }) => ({ pin: { place_id, lon: lon_e6 / 1e6, lat: lat_e6 / 1e6 } }),
  called: () => ({}),
  incident: () => ({}),
  amended: () => ({}),
};

function moneyOf(receipt: Receipt | null): Part {
  if (!receipt) return { receipt: null };
  return { receipt: { number: receipt.number, official: receipt.official ?? null, ...pursesOf(receipt) } };
}

export function effectOf<K extends OperationKind>(
  kind: K,
  errandId: string | null,
  payload: Payloads[K],
  courierId: number,
): Effect {
  return { kind, errand_id: errandId, ...READERS[kind](payload, courierId) };
}
