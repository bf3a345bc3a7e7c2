import type { OperationKind, Payloads } from "../types";

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
}

type Part = Partial<Effect>;
type Of<K extends OperationKind> = (payload: Payloads[K], courierId: number) => Part;

const READERS: { [K in OperationKind]: Of<K> } = {
  run_started: () => ({}),
  run_ended: () => ({}),
  collected: ({ dossier_id, label, seal }) => ({ dossier_id, taken: [label], seal }),
  delivered: ({ parcels }) => ({ given: parcels }),
  not_done: () => ({}),
  handed_over: ({ parcels, taker }, courierId) =>
    taker.holder === "courier" && taker.id === String(courierId) ? { taken: parcels } : { given: parcels },
  stop_added: ({ code }) => ({ code }),
  reordered: ({ stops }) => ({ stops }),
  pin_corrected: ({ place_id, lon_e6, lat_e6 }) => ({ pin: { place_id, lon: lon_e6 / 1e6, lat: lat_e6 / 1e6 } }),
  incident: () => ({}),
};

export function effectOf<K extends OperationKind>(
  kind: K,
  errandId: string | null,
  payload: Payloads[K],
  courierId: number,
): Effect {
  return { kind, errand_id: errandId, ...READERS[kind](payload, courierId) };
}
