/** What lies under a pointer: a stop, or the leg of a route between two of its stops. */
import type { LonLat, OfficePoint } from "./leaflet";
import type { Ground } from "./map-canvas";
import { type Plan, placeOf, type Route, type Stop } from "./map-plan";

/** Where a stop would go: `after` a stop of the route, or first (null). */
export interface Target {
  route: Route;
  after: Stop | null;
}

export class Near {
  constructor(
    private readonly plan: Plan,
    private readonly ground: Ground,
    private readonly inSight: (stop: Stop) => boolean,
  ) {}

  /** `reach`: in pixels of zoom 0. Of several the topmost: left out, late, then the nearest. */
  stopAt(place: LonLat, reach: number): Stop | null {
    const [x, y] = this.ground.at(...place);
    let best: Stop | null = null;
    let least = reach;
    for (const stop of [...this.plan.unserved, ...this.plan.routes.flatMap((route) => route.stops)]) {
      if (!this.inSight(stop)) continue;
      const [u, v] = this.ground.at(stop.lon, stop.lat);
      const away = Math.hypot(u - x, v - y);
      if (away < least) [best, least] = [stop, away];
    }
    return best;
  }

  officeAt(place: LonLat, reach: number): OfficePoint | null {
    const [x, y] = this.ground.at(...place);
    const away = ({ lon, lat }: OfficePoint): number => {
      const [u, v] = this.ground.at(lon, lat);
      return Math.hypot(u - x, v - y);
    };
    const [nearest] = this.plan.offices.filter((office) => away(office) < reach).sort((a, b) => away(a) - away(b));
    return nearest ?? null;
  }

  /** The leg nearest to a place, as the order of stops has it: from the office, between two, or back home. */
  legAt(place: LonLat, reach: number): Target | null {
    let best: Target | null = null;
    let least = reach;
    const at = this.ground.at(...place);
    for (const route of this.plan.routes) {
      if (!route.stops.some(this.inSight)) continue;
      const home: LonLat = [route.office.lon, route.office.lat];
      const places = [home, ...route.stops.map(placeOf), home].map((one) => this.ground.at(...one));
      for (let k = 0; k + 1 < places.length; k++) {
        const away = distance(at, places[k] ?? at, places[k + 1] ?? at);
        if (away < least) [best, least] = [{ route, after: route.stops[k - 1] ?? null }, away];
      }
    }
    return best;
  }

  /** Where a stop that is dropped here goes: behind the stop under it, else into the leg under it. */
  targetAt(place: LonLat, reach: number, carried: Stop): Target | null {
    const under = this.stopAt(place, reach);
    if (under?.route && under !== carried) return { route: under.route, after: under };
    if (under === carried) return null;
    return without(this.legAt(place, reach), carried);
  }
}

/** Behind the carried stop itself is behind the one before it; between it and its neighbour nothing changes. */
export function without(target: Target | null, carried: Stop): Target | null {
  if (!target || target.route !== carried.route) return target;
  const at = target.route.stops.indexOf(carried);
  const before = target.route.stops[at - 1] ?? null;
  return target.after === carried || target.after === before ? null : target;
}

export function distance(at: [number, number], from: [number, number], to: [number, number]): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = dx * dx + dy * dy;
  const along = length ? ((at[0] - from[0]) * dx + (at[1] - from[1]) * dy) / length : 0;
  const part = Math.max(0, Math.min(1, along));
  return Math.hypot(at[0] - from[0] - part * dx, at[1] - from[1] - part * dy);
}
