import { expect, test } from "vitest";
import type { Bundle, Stop } from "../../types";
import { legsOf } from "./legs";

const stop = (id: number, lon: number, lat = 13.9): Stop => ({ id, place: { lon, lat } }) as Stop;
const bundleOf = (...stops: Stop[]): Bundle =>
  ({ courier: { office: { lon: 108, lat: 13.9 } }, stops }) as unknown as Bundle;

/** By a corner at 13.95 north. */
const along = (from: number | null, to: number | null, start: number, end: number) => ({
  from,
  to,
  line: [start * 100_000, 1_390_000, ((end - start) / 2) * 100_000, 5_000, ((end - start) / 2) * 100_000, -5_000].map(
    Math.round,
  ),
});
const WAY = { unit: 0.00001, legs: [along(null, 1, 108, 108.02), along(1, 2, 108.02, 108.04)] };

test("two doors that the office joined by road are joined so, others as the crow flies", () => {
  const legs = legsOf(bundleOf(stop(1, 108.02), stop(2, 108.04)), WAY);
  expect(legs.map((leg) => leg.byRoad)).toEqual([true, true, false]);
  expect(legs[0]?.places.map(([lat, lon]) => [lat.toFixed(3), lon.toFixed(3)])).toEqual([
    ["13.900", "108.000"], // the office itself
    ["13.900", "108.000"],
    ["13.950", "108.010"],
    ["13.900", "108.020"],
    ["13.900", "108.020"],
  ]);
  expect(legs[2]?.places).toEqual([
    [13.9, 108.04],
    [13.9, 108],
  ]);
});

test("in another order the line of no other pair is borrowed", () => {
  const legs = legsOf(bundleOf(stop(2, 108.04), stop(1, 108.02)), WAY);
  expect(legs.map((leg) => leg.byRoad)).toEqual([false, false, false]);
});

test("a door whose pin was put elsewhere since is reached in a straight line", () => {
  const legs = legsOf(bundleOf(stop(1, 108.02, 13.92), stop(2, 108.04)), WAY);
  expect(legs.map((leg) => leg.byRoad)).toEqual([false, false, false]);
});

test("a phone without a way draws straight lines, and a part without a line is none", () => {
  const bundle = bundleOf(stop(1, 108.02));
  expect(legsOf(bundle, null).map((leg) => leg.byRoad)).toEqual([false, false]);
  expect(legsOf(bundle, { ...WAY, legs: [{ from: null, to: 1, line: [] }] })[0]?.byRoad).toBe(false);
});
