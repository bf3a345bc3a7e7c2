/** When the second call counts is told by the office's clock, which has written down the first. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { outside } from "../../engine";
import { setPin, signIn } from "../../engine/session";
import { bundleOf, clock, NOON, server, stopOf } from "../../engine/testing";
import type { Stop } from "../../types";
import { isJust } from "../kit/signed-here";
import { awaitSecondCalls } from "./second-call";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
let heard: number[][];
let end: (() => void) | undefined;

/** By the office's clock. */
function calledAgo(minutes: number): Stop[] {
  const called = [new Date(NOON - minutes * MINUTE_MS).toISOString()];
  return [{ sequence: 3, errands: [{ id: "e1", called, closed: false }] }] as unknown as Stop[];
}

const listen = (stops: Stop[], before = new Set<string>()): void => {
  end = awaitSecondCalls(stops, (due) => heard.push(due), before);
};
const isHeard = (times = 1) => vi.waitFor(() => expect(heard).toEqual(Array(times).fill([3])));

/** The phone's clock says another time than the office's, and the phone has learnt by how much. */
async function phoneIsOff(ms: number): Promise<void> {
  clock.now += ms;
  server.skewMs = -ms;
  server.bundle = bundleOf(server.key, [stopOf(1)]);
  await signIn("buuta-thu", "mat khau");
  await setPin("135790");
}

beforeEach(() => {
  heard = [];
});

afterEach(() => {
  end?.();
  vi.restoreAllMocks();
});

it.each([0, -HOUR_MS, HOUR_MS])("is told when its minute has come, on a phone that is %i ms off", async (ms) => {
  await phoneIsOff(ms);
  listen(calledAgo(11));
  await isHeard();
});

it.each([0, -HOUR_MS, HOUR_MS])(
  "is awaited for as long as is left of ten minutes, on a phone that is %i ms off",
  async (ms) => {
    await phoneIsOff(ms);
    const timer = vi.spyOn(globalThis, "setTimeout");
    listen(calledAgo(3));
    const awaited = () => timer.mock.calls.find(([, after]) => Math.round((after ?? 0) / MINUTE_MS) === 7);
    await vi.waitFor(() => expect(awaited()).toBeDefined());
    expect(heard).toEqual([]);
    clock.now += 7.1 * MINUTE_MS; // the offset was measured to some milliseconds
    (awaited()?.[0] as () => void)();
    await isHeard();
  },
);

it("is told once, however often the list is drawn, and again by an app that was begun anew", async () => {
  await phoneIsOff(0);
  const before = new Set<string>();
  listen(calledAgo(11), before);
  await isHeard();
  const looked = vi.spyOn(outside, "now");
  listen(calledAgo(11), before);
  await vi.waitFor(() => expect(looked).toHaveBeenCalled());
  listen(calledAgo(11));
  await isHeard(2);
});

it("leaves a signature no longer in force than three quarters of an hour, whichever way the clock was set", () => {
  expect([0, 44, 46, -46].map((minutes) => isJust(outside.now() - minutes * MINUTE_MS))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
