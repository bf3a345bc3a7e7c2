/** A commune's roads as the office keeps them: rank, first place, then steps east and north, in whole numbers of `unit` degrees. */
export interface RoadLayer {
  unit: number;
  lines: number[][];
}

/** Whoever answered: is it a layer? */
export function isRoadLayer(told: unknown): told is RoadLayer {
  const { unit, lines } = (told ?? {}) as Partial<RoadLayer>;
  return typeof unit === "number" && Array.isArray(lines);
}

/** Places `[lat, lon]` of one line, its rank left out. */
export const placesOf = ([, ...steps]: number[], unit: number): [number, number][] => walked(steps, unit);

/** Places `[lat, lon]` of steps alone: the first place, then east and north. */
export function walked(steps: number[], unit: number): [number, number][] {
  const places: [number, number][] = [];
  let [lon, lat] = [0, 0];
  for (let at = 0; at + 1 < steps.length; at += 2) {
    lon += steps[at] ?? 0;
    lat += steps[at + 1] ?? 0;
    places.push([lat * unit, lon * unit]);
  }
  return places;
}
