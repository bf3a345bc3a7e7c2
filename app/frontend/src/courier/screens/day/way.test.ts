import { describe, expect, it } from "vitest";
import type { Bundle, Errand, Stop } from "../../types";
import { arranged, withNext } from "./arranging";
import { straightMetres, wayAhead, type Way } from "./way";

const MINUTE = 60_000;
const SEVEN = Date.parse("2026-12-01T00:00:00Z"); // 07:00 in Gia Lai
const OFFICE = { lon: 108.0, lat: 13.98 };
const DETOUR = 1.35;
const METRES_A_SECOND = 30 / 3.6;
const SERVICE_MS = 6 * MINUTE;
const iso = (at: number): string => new Date(at).toISOString();

/** Always the same numbers for one seed. */
function numbersOf(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

interface Door {
  lon: number;
  lat: number;
  opens: number;
}

function doorsOf(seed: number, count: number): Door[] {
  const next = numbersOf(seed);
  return Array.from({ length: count }, (_, at) => ({
    lon: OFFICE.lon + (next() - 0.5) * 0.2,
    lat: OFFICE.lat + (next() - 0.5) * 0.2,
    opens: next() < 0.3 ? SEVEN + at * 25 * MINUTE : SEVEN,
  }));
}

/** As `routing` times a route: ride, wait for the window, serve; the rest at half past eleven, between two doors. */
function planOf(doors: Door[], restAt: number | null = SEVEN + 270 * MINUTE): Bundle {
  const [restMs, stops]: [number, Stop[]] = [60 * MINUTE, []];
  let [at, far, from] = [SEVEN, 0, OFFICE];
  const taken: number[] = [];
  const ride = (to: { lon: number; lat: number }): void => {
    const metres = Math.round(straightMetres(from, to) * DETOUR);
    const ms = Math.round(metres / METRES_A_SECOND) * 1000;
    if (restAt !== null && !taken.length && at + ms > restAt) {
      taken.push(Math.max(at, restAt));
      at = Math.max(at, restAt) + restMs;
    }
    [at, far, from] = [at + ms, far + metres, to];
  };
  doors.forEach((door, index) => {
    ride(door);
    const arrives = at;
    const starts = Math.max(arrives, door.opens);
    at = starts + SERVICE_MS;
    stops.push({
      ...{ id: index + 1, sequence: index + 1, locked: false, gone: false, added: false, done: false, distance_m: far },
      ...{ arrives_at: iso(arrives), starts_at: iso(starts), leaves_at: iso(at) },
      place: { lon: door.lon, lat: door.lat } as Stop["place"],
      window: { starts_at: iso(door.opens), ends_at: iso(SEVEN + 600 * MINUTE) },
      errands: [{ id: `e${index}`, local: null, today: null } as unknown as Errand],
    });
  });
  ride(OFFICE);
  const route = {
    ...{ id: 1, number: 1, starts_at: iso(SEVEN), ends_at: iso(at), started: false, revision: 1, others: [] },
    ...{ break_at: taken.map(iso)[0] ?? null, break_s: restMs / 1000, distance_m: far },
  };
  return { courier: { office: OFFICE }, route, stops, next: 1 } as unknown as Bundle;
}

/** The first doors done at these times. */
function after(bundle: Bundle, ...left: number[]): Bundle {
  const stops = bundle.stops.map((stop, at) => {
    const moment = left[at];
    if (moment === undefined) return stop;
    const today = { outcome: "DONE", label: null, at: iso(moment) };
    return { ...stop, done: true, errands: stop.errands.map((errand) => ({ ...errand, today })) };
  });
  return { ...bundle, stops, route: bundle.route && { ...bundle.route, started: true } };
}

const leavesOf = (stop: Stop | undefined): number => Date.parse(stop?.leaves_at ?? "");
const sumOfLegs = (way: Way): number => [...way.arrivals.values()].reduce((sum, { leg }) => sum + leg.metres, 0);
const SEEDS = Array.from({ length: 60 }, (_, seed) => seed + 1);

describe("the way ahead of a day as planned", () => {
  it.each(SEEDS)("is the printed list's total before the first door (plan %i)", (seed) => {
    const bundle = planOf(doorsOf(seed, 3 + (seed % 20)));
    const way = wayAhead(bundle, SEVEN);
    expect([way.metres, way.about]).toEqual([bundle.route?.distance_m, false]);
  });

  it.each(SEEDS)("begins every service when the plan does (plan %i)", (seed) => {
    const bundle = planOf(doorsOf(seed, 3 + (seed % 20)));
    for (const [id, arrival] of wayAhead(bundle, SEVEN).arrivals) {
      const planned = Date.parse(bundle.stops.find((stop) => stop.id === id)?.starts_at ?? "");
      expect(Math.abs(arrival.starts - planned)).toBeLessThan(MINUTE);
    }
  });

  it.each(SEEDS)("shrinks by what was ridden, door by door (plan %i)", (seed) => {
    const bundle = planOf(doorsOf(seed, 8));
    for (let done = 1; done < 8; done++) {
      const times = bundle.stops.slice(0, done).map(leavesOf);
      const way = wayAhead(after(bundle, ...times), times.at(-1) ?? 0);
      expect(way.metres).toBe((bundle.route?.distance_m ?? 0) - (bundle.stops[done - 1]?.distance_m ?? 0));
    }
  });

  it("says to the next door its own leg, not the whole way from the office", () => {
    const bundle = planOf(doorsOf(1, 5));
    const [first, second] = bundle.stops;
    const way = wayAhead(after(bundle, leavesOf(first)), leavesOf(first));
    expect(way.arrivals.get(2)?.leg.metres).toBe((second?.distance_m ?? 0) - (first?.distance_m ?? 0));
  });
});

describe("a day that moves", () => {
  const bundle = planOf(doorsOf(4, 6), null).stops.map((stop) => ({ ...stop, window: null }));
  const day: Bundle = { ...planOf(doorsOf(4, 6), null), stops: bundle };
  const startsOf = (way: Way): number[] => [...way.arrivals.values()].map((arrival) => arrival.starts);

  it("that began half an hour late comes half an hour late everywhere", () => {
    const [onTime, late] = [startsOf(wayAhead(day, SEVEN)), startsOf(wayAhead(day, SEVEN + 30 * MINUTE))];
    expect(late.map((at, place) => at - (onTime[place] ?? 0))).toEqual(Array(6).fill(30 * MINUTE));
  });

  it("never expects a door in the past, however long the last one takes", () => {
    const now = leavesOf(day.stops[0]) + 3 * 60 * MINUTE;
    const way = wayAhead(after(day, leavesOf(day.stops[0])), now);
    expect(Math.min(...[...way.arrivals.values()].map((arrival) => arrival.arrives))).toBe(now);
  });

  it("counts from when the run really began", () => {
    const began = SEVEN + 20 * MINUTE;
    const route = day.route && { ...day.route, started: true, started_at: iso(began) };
    const [first] = startsOf(wayAhead({ ...day, route }, began));
    const [planned] = startsOf(wayAhead(day, SEVEN));
    expect((first ?? 0) - (planned ?? 0)).toBe(20 * MINUTE);
  });

  it("keeps arrival and start of service apart where the window opens later", () => {
    const opens = SEVEN + 240 * MINUTE;
    const stops = day.stops.map((stop, at) =>
      at === 0 ? { ...stop, window: { starts_at: iso(opens), ends_at: iso(opens + 120 * MINUTE) } } : stop,
    );
    const arrival = wayAhead({ ...day, stops }, SEVEN).arrivals.get(1);
    expect(arrival?.starts).toBe(opens);
    expect(arrival?.arrives).toBeLessThan(opens);
  });

  it("marks a door that is reached after its window", () => {
    const stops = day.stops.map((stop) => ({ ...stop, window: { starts_at: iso(SEVEN), ends_at: iso(SEVEN + 1) } }));
    expect(
      [...wayAhead({ ...day, stops }, SEVEN + 60 * MINUTE).arrivals.values()].every((arrival) => arrival.late),
    ).toBe(true);
  });

  it("rests at noon once: who is past it is not sent to rest again", () => {
    const whole = planOf(doorsOf(5, 4), SEVEN + 30 * MINUTE);
    const stops = whole.stops.map((stop) => ({ ...stop, window: null }));
    const now = SEVEN + 300 * MINUTE;
    const arrival = wayAhead(after({ ...whole, stops }, now), now).arrivals.get(2);
    expect((arrival?.arrives ?? 0) - now).toBeLessThan(60 * MINUTE);
  });
});

describe("another order", () => {
  const day = planOf(doorsOf(9, 6), null);

  it("is reckoned anew, and says that it is an estimate", () => {
    const way = wayAhead({ ...day, stops: withNext(day.stops, 5) }, SEVEN);
    expect(way.about).toBe(true);
    expect([...way.arrivals.keys()]).toEqual([5, 1, 2, 3, 4, 6]);
  });

  it("keeps the plan's figures where two doors follow each other as planned", () => {
    const way = wayAhead({ ...day, stops: withNext(day.stops, 5) }, SEVEN);
    expect([...way.arrivals].map(([id, arrival]) => [id, arrival.leg.about])).toEqual([
      [5, true],
      [1, true],
      [2, false],
      [3, false],
      [4, false],
      [6, true],
    ]);
  });

  it("has no leg shorter than the straight line, and at the plan's own pace", () => {
    const way = wayAhead({ ...day, stops: withNext(day.stops, 5) }, SEVEN);
    const fifth = day.stops[4];
    const straight = straightMetres(OFFICE, fifth?.place ?? OFFICE);
    expect((way.arrivals.get(5)?.leg.metres ?? 0) / straight).toBeCloseTo(DETOUR, 2);
  });

  it("leaves the sum of the legs and the way back as the way ahead", () => {
    const way = wayAhead({ ...day, stops: withNext(day.stops, 5) }, SEVEN);
    const back = way.metres - sumOfLegs(way);
    expect(back).toBe((day.route?.distance_m ?? 0) - (day.stops[5]?.distance_m ?? 0));
  });

  it("does not believe the figures of a door scanned on the way, which stands where the last one stood", () => {
    const last = day.stops[5];
    const place = { lon: OFFICE.lon + 0.05, lat: OFFICE.lat } as Stop["place"];
    const added = {
      ...last,
      id: 7,
      sequence: 7,
      place,
      arrives_at: last?.leaves_at,
      starts_at: last?.leaves_at,
    } as Stop;
    const way = wayAhead({ ...day, stops: [...day.stops, added] }, SEVEN);
    expect(way.arrivals.get(7)?.leg.about).toBe(true);
    expect(way.arrivals.get(6)?.leg.about).toBe(false);
  });

  it("numbers the doors as they stand, and a finished one keeps its number", () => {
    const stops = after(day, 0, SEVEN).stops.map((stop) => ({ ...stop, done: stop.id === 2 }));
    const chosen = withNext(stops, 6);
    expect(chosen.map((stop) => stop.id)).toEqual([6, 2, 1, 3, 4, 5]);
    expect(chosen.map((stop) => stop.sequence)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("is not stopped by a finished door in between", () => {
    const stops = day.stops.map((stop) => ({ ...stop, done: stop.id === 2 }));
    const open = stops.filter((stop) => !stop.done).reverse();
    expect(arranged(stops, open).map((stop) => stop.id)).toEqual([6, 2, 5, 4, 3, 1]);
  });
});

const NEW = new Set(["leaves_at", "break_s", "started_at"]);

it("goes on with an older office, which tells no more than arrivals and distances", () => {
  const day = planOf(doorsOf(3, 4), null);
  const old = JSON.parse(JSON.stringify(day), (key, value: unknown) => (NEW.has(key) ? undefined : value)) as Bundle;
  const stops = old.stops.map((stop) => ({ ...stop, starts_at: "" }));
  const route = old.route && { ...old.route };
  delete route?.distance_m;
  const way = wayAhead({ ...old, stops, route }, SEVEN);
  const { metres, seconds, about } = way.arrivals.get(2)?.leg ?? { metres: 0, seconds: 0, about: true };
  expect(about).toBe(false);
  expect(metres / seconds).toBeCloseTo(METRES_A_SECOND, 1);
});
