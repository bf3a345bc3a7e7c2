/**
 * The way ahead: how far, and when at each door. Where two doors follow each other as planned, the plan's own figures
 * hold; elsewhere the straight line, stretched as the plan's ways are. Pure: bundle and clock decide.
 */
import type { Bundle, Stop } from "../../types";
import { actedAt } from "./outcome";
import { isAhead } from "./stop-facts";

export interface Leg {
  metres: number;
  seconds: number;
  about: boolean; // not the plan's figure
}

export interface Arrival {
  leg: Leg;
  arrives: number; // by the clock, in ms
  starts: number; // not before the promised window
  late: boolean; // after it
}

export interface Way {
  metres: number; // past every open door and back to the office
  about: boolean;
  arrivals: Map<number, Arrival>; // by stop
}

interface Point {
  lon: number;
  lat: number;
}

interface Pace {
  detour: number;
  metresASecond: number;
}

/** A leg as planned; `seconds`: null where the break lies in it, or an older office does not say. */
interface PlannedLeg {
  metres: number;
  seconds: number | null;
  straight: number;
}

const MINUTE = 60_000;
const USUAL: Pace = { detour: 1.35, metresASecond: 30 / 3.6 }; // as `routing/matrix.py` takes them
const USUAL_SERVICE_MS = 5 * MINUTE;
const NEAR_M = 50; // shorter legs teach nothing
const SHORTEST = 0.9; // no way is shorter than the straight line; a pin may have been put right since

const timeOf = (moment: string): number => new Date(moment).getTime();

export function straightMetres(a: Point, b: Point): number {
  const radians = Math.PI / 180;
  const across = (b.lon - a.lon) * radians * Math.cos(((a.lat + b.lat) / 2) * radians);
  return 6_371_009 * Math.hypot(across, (b.lat - a.lat) * radians);
}

interface End {
  id: number | null; // null: the office
  at: Point;
  far: number;
  arrives: number;
  leaves: number;
}

/** Legs between neighbours of the plan. What does not fit into it (scanned on the way, moved since) is left out of it. */
class Plan {
  readonly pace: Pace;
  private readonly legs = new Map<string, PlannedLeg>();

  constructor(private readonly bundle: Bundle) {
    this.chain();
    this.pace = paceOf([...this.legs.values()]);
  }

  leg(from: End, to: End): Leg {
    if (from.id !== null && from.id === to.id) return { metres: 0, seconds: 0, about: false };
    const planned = this.legs.get(`${from.id}>${to.id}`);
    const straight = straightMetres(from.at, to.at);
    const metres = planned?.metres ?? Math.round(straight * this.pace.detour);
    return { metres, seconds: planned?.seconds ?? metres / this.pace.metresASecond, about: !planned };
  }

  private chain(): void {
    const { route, stops } = this.bundle;
    const office = officeOf(this.bundle);
    let from = office;
    const planned = stops.filter((stop) => !stop.gone).map(endOf);
    for (const to of planned.sort((a, b) => a.far - b.far || a.arrives - b.arrives)) if (this.join(from, to)) from = to;
    const whole = route?.distance_m;
    if (whole !== undefined) this.join(from, { ...office, far: whole, arrives: timeOf(route?.ends_at ?? "") });
  }

  /** False: these figures are not of one ride. */
  private join(from: End, to: End): boolean {
    const [metres, straight] = [to.far - from.far, straightMetres(from.at, to.at)];
    const seconds = (to.arrives - from.leaves) / 1000;
    if (metres < straight * SHORTEST || seconds < 0) return false;
    this.legs.set(`${from.id}>${to.id}`, {
      metres,
      straight,
      seconds: seconds >= 0 && !this.rests(from, to) ? seconds : null,
    });
    return true;
  }

  private rests(from: End, to: End): boolean {
    const at = timeOf(this.bundle.route?.break_at ?? "");
    return from.leaves <= at && at < to.arrives;
  }
}

function officeOf({ courier, route }: Bundle): End {
  return { id: null, at: courier.office, far: 0, arrives: NaN, leaves: timeOf(route?.starts_at ?? "") };
}

const endOf = (stop: Stop): End => ({
  id: stop.id,
  at: stop.place,
  far: stop.distance_m,
  arrives: timeOf(stop.arrives_at),
  leaves: timeOf(stop.leaves_at ?? ""),
});

function paceOf(legs: PlannedLeg[]): Pace {
  const long = legs.filter((leg) => leg.straight > NEAR_M);
  const ridden = long.filter((leg) => leg.seconds !== null && leg.seconds > 0);
  const sum = (some: PlannedLeg[], of: (leg: PlannedLeg) => number): number =>
    some.reduce((all, leg) => all + of(leg), 0);
  const metres = (leg: PlannedLeg): number => leg.metres;
  return {
    detour: long.length ? sum(long, metres) / sum(long, (leg) => leg.straight) : USUAL.detour,
    metresASecond: ridden.length ? sum(ridden, metres) / sum(ridden, (leg) => leg.seconds ?? 0) : USUAL.metresASecond,
  };
}

/** Where the courier was last, and since when the way goes on from there. */
function here(bundle: Bundle, now: number): { from: End; since: number } {
  const acted = bundle.stops.flatMap((stop) => {
    const at = actedAt(stop);
    return at ? [{ from: endOf(stop), since: timeOf(at) }] : [];
  });
  const last = acted.sort((a, b) => a.since - b.since).at(-1);
  return last ?? { from: officeOf(bundle), since: leftOffice(bundle, now) };
}

function leftOffice({ route }: Bundle, now: number): number {
  const planned = timeOf(route?.starts_at ?? "") || now;
  if (route?.started) return route.started_at ? timeOf(route.started_at) : planned;
  return Math.max(planned, now);
}

/** `now` is the office's clock. A door is never expected in the past, and no service before its window. */
export function wayAhead(bundle: Bundle, now: number): Way {
  const plan = new Plan(bundle);
  const { from, since } = here(bundle, now);
  const ahead = bundle.stops.filter(isAhead);
  const day = new Clock(bundle, since);
  const arrivals = new Map<number, Arrival>();
  let last = from;
  for (const [place, stop] of ahead.entries()) {
    const leg = plan.leg(last, endOf(stop));
    arrivals.set(stop.id, day.reach(stop, leg, place === 0 ? now : 0));
    last = endOf(stop);
  }
  const legs = [...[...arrivals.values()].map((arrival) => arrival.leg), plan.leg(last, officeOf(bundle))];
  return {
    metres: legs.reduce((sum, leg) => sum + leg.metres, 0),
    about: legs.some((leg) => leg.about),
    arrivals,
  };
}

/** The courier's time as the day goes on, with the planned rest still to come. */
class Clock {
  private restAt: number;
  private readonly restMs: number;

  constructor(
    bundle: Bundle,
    private at: number,
  ) {
    this.restMs = (bundle.route?.break_s ?? 0) * 1000;
    this.restAt = timeOf(bundle.route?.break_at ?? "");
    if (at >= this.restAt + this.restMs / 2) this.restAt = NaN; // had it, or went on without
  }

  reach(stop: Stop, leg: Leg, earliest: number): Arrival {
    const ride = leg.seconds * 1000;
    if (this.at + ride > this.restAt) {
      this.at = Math.max(this.at, this.restAt) + this.restMs;
      this.restAt = NaN;
    }
    const arrives = Math.max(this.at + ride, earliest);
    const starts = Math.max(arrives, stop.window ? timeOf(stop.window.starts_at) : 0);
    this.at = starts + serviceOf(stop);
    return { leg, arrives, starts, late: stop.window !== null && starts > timeOf(stop.window.ends_at) };
  }
}

const serviceOf = ({ starts_at, leaves_at }: Stop): number =>
  (starts_at && leaves_at && timeOf(leaves_at) - timeOf(starts_at)) || USUAL_SERVICE_MS;
