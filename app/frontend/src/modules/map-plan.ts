/** A day's plan as `ban-do.json` tells it, unpacked: the columns of a stop are named once, places are whole numbers of `unit`. */
import type { Area, LonLat, OfficePoint } from "./leaflet";

export interface Answer {
  unit: number;
  live: boolean; // the day runs: phones have told something, or nothing yet
  offices: OfficePoint[];
  areas?: Area[];
  boundaries?: boolean;
  units: string[];
  reasons: string[];
  columns: string[];
  routes: RouteAnswer[];
  unserved: Cell[][];
}

type Cell = string | number | null;

interface RouteAnswer {
  id: string;
  office: string;
  courier: string;
  number: number;
  path?: number[]; // steps of a line by road
  begun?: boolean;
  last?: { lon: number; lat: number; age: string };
  stops: Cell[][];
  href?: string;
}

export interface Stop {
  id: string;
  route: Route | null; // null: left out
  office: string;
  lon: number;
  lat: number;
  n: number;
  at: number | null; // minutes of the day
  from: number | null;
  to: number | null;
  kinds: number; // 1 collect, 2 deliver, 4 give back
  state: number; // OPEN, DONE, NOT_DONE, GONE
  late: number; // minutes, as far as is known now
  due: number | null; // days from the day of the plan
  unit: string;
  codes: string[];
  reason: string;
}

export interface Route {
  id: string;
  index: number;
  office: OfficePoint;
  courier: string;
  number: number;
  byRoad: boolean;
  begun: boolean;
  path: LonLat[];
  last: { lon: number; lat: number; age: string } | null;
  stops: Stop[];
  href: string;
}

export interface Plan {
  live: boolean;
  offices: OfficePoint[];
  areas: Area[];
  boundaries: boolean;
  routes: Route[];
  unserved: Stop[];
}

export const OPEN = 0;
export const DONE = 1;
export const NOT_DONE = 2;
export const GONE = 3; // cancelled or moved before anybody came

export function unpack(told: Answer): Plan {
  const offices = new Map(told.offices.map((office) => [office.id, office]));
  const routes: Route[] = [];
  for (const one of told.routes) {
    const office = offices.get(one.office);
    if (office) routes.push(routeOf(one, routes.length, office, told));
  }
  return {
    live: told.live,
    offices: told.offices,
    areas: told.areas ?? [],
    boundaries: told.boundaries ?? false,
    routes,
    unserved: told.unserved.map((row) => stopOf(row, null, told)),
  };
}

function routeOf(one: RouteAnswer, index: number, office: OfficePoint, told: Answer): Route {
  const home: LonLat = [office.lon, office.lat];
  const route: Route = {
    ...{ id: one.id, index, office, courier: one.courier, number: one.number, href: one.href ?? "" },
    ...{ byRoad: one.path !== undefined, begun: one.begun ?? false, path: [], last: one.last ?? null, stops: [] },
  };
  route.stops = one.stops.map((row) => stopOf(row, route, told));
  route.path = one.path ? walk(one.path, told.unit) : [home, ...route.stops.map(placeOf), home];
  return route;
}

function stopOf(row: Cell[], route: Route | null, { unit, units, reasons, columns }: Answer): Stop {
  const cell = (name: string): Cell => row[columns.indexOf(name)] ?? null;
  const whole = (name: string): number => Number(cell(name) ?? 0);
  const maybe = (name: string): number | null => (cell(name) === null ? null : whole(name));
  const words = (name: string): string => String(cell(name) ?? "");
  return {
    id: words("id"),
    route,
    office: words("office") || (route?.office.id ?? ""),
    lon: whole("lon") * unit,
    lat: whole("lat") * unit,
    n: whole("n"),
    at: maybe("at"),
    from: maybe("from"),
    to: maybe("to"),
    kinds: whole("kinds"),
    state: whole("state"),
    late: whole("late"),
    due: maybe("due"),
    unit: units[whole("unit")] ?? "",
    codes: words("codes").split(" ").filter(Boolean),
    reason: cell("reason") === null ? "" : (reasons[whole("reason")] ?? ""),
  };
}

function walk(steps: number[], unit: number): LonLat[] {
  const places: LonLat[] = [];
  let [lon, lat] = [0, 0];
  for (let at = 0; at + 1 < steps.length; at += 2) {
    lon += steps[at] ?? 0;
    lat += steps[at + 1] ?? 0;
    places.push([lon * unit, lat * unit]);
  }
  return places;
}

export const placeOf = (stop: { lon: number; lat: number }): LonLat => [stop.lon, stop.lat];

export const isOpen = (stop: Stop): boolean => stop.state === OPEN;

export const isLate = (stop: Stop): boolean => stop.late > 0 && isOpen(stop);
