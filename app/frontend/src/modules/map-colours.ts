/** Which colour a stop has, in each way of looking at a day; neighbours never share one. */
import type { LonLat } from "./leaflet";
import { DONE, GONE, isLate, isOpen, NOT_DONE, type Plan, type Route, type Stop } from "./map-plan";

export interface Look {
  colour: number; // of the palette
  shape: number; // colour is never alone
}

export interface Entry extends Look {
  words: string;
  count: number;
}

export interface Key {
  entries: Entry[];
  ofRoutes: boolean; // a route has one colour: its line has it, too
  look(stop: Stop): Look;
}

export type Mode = "courier" | "office" | "state" | "window" | "due";
export const MODES: Mode[] = ["courier", "office", "state", "window", "due"];
export type Words = Record<string, string>;

// by day and by night: each pair at least 3 : 1 on the land of its map (tests/frontend/test_contrast.py)
export const LIGHT = [
  ...["#1b6ca8", "#b8461f", "#2e7d4f", "#7a4fa3", "#8a5c00", "#b8337a"],
  ...["#00727f", "#5f5a52", "#3f4fb0", "#8c2f2f", "#4f6b12", "#7d3c98"],
];
export const DARK = [
  ...["#6cb4ec", "#f0885f", "#6fcb92", "#c19ae6", "#e3b04b", "#f08cbf"],
  ...["#4cc7d4", "#b9b2a6", "#9aa6f2", "#ee8d8d", "#a9c95c", "#d58cf0"],
];
export const SHAPES = 4; // circle, square, diamond, triangle

const CELL_DEGREES = 0.02; // some two kilometres
const STEP_DEGREES = 0.01;
const NEAREST = 5;

/** For each group of lines, those that come near it: the same two kilometres, or among the five nearest to its middle. */
export function neighbours(groups: LonLat[][][]): Set<number>[] {
  const near = groups.map(() => new Set<number>());
  const join = (a: number, b: number): void => {
    if (a === b) return;
    near[a]?.add(b);
    near[b]?.add(a);
  };
  const cells = new Map<string, Set<number>>();
  groups.forEach((lines, index) => {
    for (const [x, y] of cellsOf(lines)) {
      for (const [dx, dy] of AROUND) for (const other of cells.get(`${x + dx}:${y + dy}`) ?? []) join(index, other);
      const cell = cells.get(`${x}:${y}`) ?? new Set<number>();
      cells.set(`${x}:${y}`, cell.add(index));
    }
  });
  const middles = groups.map(middleOf);
  middles.forEach(([x, y], index) => {
    const by = middles.map(([u, v], other): [number, number] => [Math.hypot(u - x, v - y), other]);
    for (const [, other] of by.sort((a, b) => a[0] - b[0]).slice(0, NEAREST + 1)) join(index, other);
  });
  return near;
}

const AROUND = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy): LonLat => [dx, dy]));

function cellsOf(lines: LonLat[][]): LonLat[] {
  const found = new Map<string, LonLat>();
  const pass = (lon: number, lat: number): void => {
    const cell: LonLat = [Math.floor(lon / CELL_DEGREES), Math.floor(lat / CELL_DEGREES)];
    found.set(cell.join(":"), cell);
  };
  for (const line of lines) {
    line.forEach(([lon, lat], at) => {
      const [toLon, toLat] = line[at + 1] ?? [lon, lat];
      const steps = Math.max(1, Math.ceil(Math.hypot(toLon - lon, toLat - lat) / STEP_DEGREES));
      for (let k = 0; k <= steps; k++) pass(lon + ((toLon - lon) * k) / steps, lat + ((toLat - lat) * k) / steps);
    });
  }
  return [...found.values()];
}

function middleOf(lines: LonLat[][]): LonLat {
  const places = lines.flat();
  const sum = places.reduce(([x, y], [lon, lat]): LonLat => [x + lon, y + lat], [0, 0]);
  return [sum[0] / (places.length || 1), sum[1] / (places.length || 1)];
}

/** Looks such that no two neighbours share one (the most entangled first); the same colour comes back only in another shape. */
export function colouring(near: Set<number>[]): Look[] {
  const looks: (Look | undefined)[] = near.map(() => undefined);
  const taken = near.map(() => new Set<number>());
  const used = new Map<number, number>();
  for (let left = near.length; left > 0; left--) {
    const at = mostBound(near, taken, looks);
    const slot = freeSlot(taken[at] ?? new Set(), used);
    looks[at] = { colour: slot % LIGHT.length, shape: (slot + Math.floor(slot / LIGHT.length)) % SHAPES };
    used.set(slot, (used.get(slot) ?? 0) + 1);
    for (const other of near[at] ?? []) taken[other]?.add(slot);
  }
  return looks.map((look) => look ?? { colour: 0, shape: 0 });
}

function mostBound(near: Set<number>[], taken: Set<number>[], looks: (Look | undefined)[]): number {
  let best = -1;
  const weight = (at: number): number => (taken[at]?.size ?? 0) * near.length + (near[at]?.size ?? 0);
  for (let at = 0; at < near.length; at++) {
    if (!looks[at] && (best < 0 || weight(at) > weight(best))) best = at;
  }
  return best;
}

/** The colour used least so far that no neighbour has; beyond the palette the same colours with their next shape. */
function freeSlot(taken: Set<number>, used: Map<number, number>): number {
  const free = LIGHT.map((_, slot) => slot).filter((slot) => !taken.has(slot));
  const least = free.sort((a, b) => (used.get(a) ?? 0) - (used.get(b) ?? 0) || a - b)[0];
  if (least !== undefined) return least;
  let slot = LIGHT.length;
  while (taken.has(slot)) slot++;
  return slot;
}

export function keyOf(mode: Mode, plan: Plan, routes: Route[], words: Words): Key {
  if (mode === "courier") return courierKey(plan, routes, words);
  if (mode === "office") return officeKey(plan, routes);
  const stops = routes.flatMap((route) => route.stops);
  if (mode === "window") return windowKey(stops, words);
  const sort = mode === "state" ? (stop: Stop) => stateOf(stop, plan.live) : dueOf;
  return sorted(stops, sort, (name) => words[name] ?? name, mode === "state" ? STATES : DUES);
}

// of the same routes the colours stay, whatever is looked at
const couriers = new WeakMap<Route[], Look[]>();
const offices = new WeakMap<Route[], Map<string, Look>>();

function courierKey(plan: Plan, routes: Route[], words: Words): Key {
  const looks = couriers.get(plan.routes) ?? colouring(neighbours(plan.routes.map((route) => [route.path])));
  couriers.set(plan.routes, looks);
  const entries = routes.map((route) => ({
    ...(looks[route.index] ?? { colour: 0, shape: 0 }),
    words: routeTitle(route, words),
    count: route.stops.length,
  }));
  return { entries, ofRoutes: true, look: (stop) => looks[stop.route?.index ?? -1] ?? { colour: 0, shape: 0 } };
}

export const routeTitle = (route: Route, words: Words): string =>
  `${words.routes ?? ""} ${route.number}: ${route.courier}`;

function officeKey(plan: Plan, routes: Route[]): Key {
  const looks = offices.get(plan.routes) ?? officeLooks(plan);
  offices.set(plan.routes, looks);
  const look = (id: string): Look => looks.get(id) ?? { colour: 0, shape: 0 };
  const counts = new Map<string, Entry>();
  for (const { office, stops } of routes) {
    const entry = counts.get(office.id) ?? { ...look(office.id), words: office.name, count: 0 };
    counts.set(office.id, { ...entry, count: entry.count + stops.length });
  }
  return { entries: [...counts.values()], ofRoutes: true, look: (stop) => look(stop.route?.office.id ?? "") };
}

function officeLooks(plan: Plan): Map<string, Look> {
  const ids = [...new Set(plan.routes.map((route) => route.office.id))];
  const lines = ids.map((id) => plan.routes.filter((route) => route.office.id === id).map((route) => route.path));
  return new Map(colouring(neighbours(lines)).map((look, at) => [ids[at] ?? "", look]));
}

interface Fixed extends Look {
  name: string;
}

const STATES: Fixed[] = [
  { name: "late", colour: 9, shape: 3 },
  { name: "notBegun", colour: 4, shape: 2 },
  { name: "waiting", colour: 0, shape: 0 },
  { name: "planned", colour: 0, shape: 0 },
  { name: "done", colour: 2, shape: 1 },
  { name: "notDone", colour: 7, shape: 2 },
  { name: "gone", colour: 7, shape: 0 },
];

const DUES: Fixed[] = [
  { name: "overdue", colour: 9, shape: 3 },
  { name: "dueSoon", colour: 1, shape: 2 },
  { name: "dueWeek", colour: 4, shape: 1 },
  { name: "dueLater", colour: 2, shape: 0 },
  { name: "noDue", colour: 7, shape: 0 },
];

export function stateOf(stop: Stop, live: boolean): string {
  if (stop.state === DONE) return "done";
  if (stop.state === NOT_DONE) return "notDone";
  if (stop.state === GONE) return "gone";
  if (isLate(stop)) return "late";
  if (!live) return "planned";
  return stop.route?.begun ? "waiting" : "notBegun";
}

export function dueOf({ due }: Stop): string {
  if (due === null) return "noDue";
  if (due < 0) return "overdue";
  if (due <= 1) return "dueSoon";
  return due <= 5 ? "dueWeek" : "dueLater";
}

function windowKey(stops: Stop[], words: Words): Key {
  const name = ({ from, to }: Stop): string => (from === null || to === null ? "" : `${clock(from)}–${clock(to)}`);
  const names = [...new Set(stops.map(name))].sort();
  const fixed = names.map((one, at) => ({ name: one, colour: at % LIGHT.length, shape: at % SHAPES }));
  return sorted(stops, name, (one) => one || (words.noWindow ?? ""), fixed);
}

function sorted(stops: Stop[], sort: (stop: Stop) => string, say: (name: string) => string, fixed: Fixed[]): Key {
  const looks = new Map(fixed.map((one) => [one.name, one]));
  const counts = new Map<string, number>();
  for (const stop of stops) counts.set(sort(stop), (counts.get(sort(stop)) ?? 0) + 1);
  const entries = fixed
    .filter(({ name }) => counts.has(name))
    .map(({ name, colour, shape }) => ({ colour, shape, words: say(name), count: counts.get(name) ?? 0 }));
  return { entries, ofRoutes: false, look: (stop) => looks.get(sort(stop)) ?? { colour: 0, shape: 0 } };
}

export function clock(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

export type Filter = "all" | "late" | "left" | "idle";
export const FILTERS: Filter[] = ["all", "late", "left", "idle"];

/** What stays in sight: late doors, what is left out, or doors of couriers who have not begun. */
export function shown(stop: Stop, filter: Filter, live: boolean): boolean {
  if (filter === "late") return isLate(stop);
  if (filter === "left") return stop.route === null;
  if (filter === "idle") return live && stop.route !== null && !stop.route.begun && isOpen(stop);
  return true;
}
