import { t } from "../../language/sentences";
import type { Bundle, Errand, Stop } from "../../types";
import type { Known } from "../kit/heard";
import { purposeOf } from "../words";

interface AtStop {
  at: number; // its place in today's order
  words: string;
}

/** Of every envelope that this phone knows a door for: which stop, and whose. */
export function stopsOfEnvelopes({ stops, bag, waiting }: Bundle): (code: string) => AtStop | null {
  const doors = new Map(stops.flatMap((stop, at) => stop.errands.map((errand) => [errand.id, door(stop, errand, at)])));
  const byCode = new Map<string, AtStop | undefined>(
    stops.flatMap((stop) =>
      stop.errands.flatMap(({ id, parcels }) => parcels.map(({ code }) => [code, doors.get(id)])),
    ),
  );
  for (const { code, errand_id } of [...waiting, ...bag]) if (errand_id) byCode.set(code, doors.get(errand_id));
  return (code) => byCode.get(code) ?? null;
}

const door = (stop: Stop, errand: Errand, at: number): AtStop => ({
  at,
  words: t("Điểm {sequence} · {name}", { sequence: stop.sequence, name: errand.name }),
});

/** In the order of the stops, so that the pile lies as the day goes; what has no door today comes last. */
export function inOrderOfStops(bundle: Bundle, envelopes: { code: string; purpose?: string | undefined }[]): Known[] {
  const stopOf = stopsOfEnvelopes(bundle);
  return envelopes
    .map(({ code, purpose }) => ({ code, hint: purposeOf(purpose ?? "result"), stop: stopOf(code) }))
    .sort((a, b) => (a.stop?.at ?? Infinity) - (b.stop?.at ?? Infinity) || a.code.localeCompare(b.code))
    .map(({ code, hint, stop }) => ({ code, hint, words: stop?.words ?? code }));
}
