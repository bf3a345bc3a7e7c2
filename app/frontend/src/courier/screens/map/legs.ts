/** The lines between doors in the order that is shown: along roads where the office told them, else as the crow flies. */
import { walked } from "../../../modules/road-layer";
import type { Bundle, WayLines } from "../../types";
import { straightMetres } from "../day/way";

export type Spot = [lat: number, lon: number];

export interface DrawnLeg {
  places: Spot[];
  byRoad: boolean;
}

interface End {
  id: number | null; // null: the office
  at: { lon: number; lat: number };
}

const FARTHEST_M = 600; // from a door to its road: beyond, the pin has been put elsewhere since

/** From the office past every stop and back. A neighbour that the plan did not have is reached in a straight line. */
export function legsOf({ courier, stops }: Pick<Bundle, "courier" | "stops">, way: WayLines | null): DrawnLeg[] {
  const office: End = { id: null, at: courier.office };
  const ends = [office, ...stops.map((stop): End => ({ id: stop.id, at: stop.place })), office];
  const lines = new Map(way?.legs.map(({ from, to, line }) => [`${from}>${to}`, walked(line, way.unit)]));
  return ends.slice(1).map((to, index) => legOf(ends[index] ?? office, to, lines));
}

function legOf(from: End, to: End, lines: Map<string, Spot[]>): DrawnLeg {
  const line = lines.get(`${from.id}>${to.id}`);
  const [start, end] = [line?.[0], line?.at(-1)];
  const [a, b] = [spotOf(from), spotOf(to)];
  if (!line || !isNear(start, from) || !isNear(end, to)) return { places: [a, b], byRoad: false };
  return { places: [a, ...line, b], byRoad: true };
}

const spotOf = ({ at }: End): Spot => [at.lat, at.lon];

const isNear = (spot: Spot | undefined, { at }: End): boolean =>
  spot !== undefined && straightMetres({ lat: spot[0], lon: spot[1] }, at) <= FARTHEST_M;
