/** A clock that is set in mid-day, either way, changes nothing of what was recorded, of the money, and of when the phone calls. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { OperationKind, Payloads, Receipt, WireCash } from "../types";
import { refreshBundle } from "./bundle";
import { run } from "./loop";
import { outside } from "./outside";
import { position } from "./position";
import { record } from "./record";
import { setPin, signIn } from "./session";
import { store } from "./store";
import { sendAll } from "./sync";
import { bundleOf, clock, server, stopOf } from "./testing";
import { readToday, todayOf } from "./today";

const AN_HOUR = 3600 * 1000;
const A_DAY = 24 * AN_HOUR;
const NONE = { postage: 0, state_fee: 0 };
const NOTHING: WireCash = {
  receipts: [],
  handed_in: NONE,
  in_hand: NONE,
  earlier: NONE,
  counted: null,
  ceiling: 5_000_000,
};
const RECEIPT: Receipt = { number: "TN00000051", parts: [{ kind: "postage", amount: 26_000 }] };
const UNDONE: Payloads["not_done"] = { outcome: "WEATHER", evidence: {}, consent: false };
let running = 0;

/** The office's clock goes on as it did; what only runs does, too. */
const setClock = (ms: number): void => {
  clock.now += ms;
  server.skewMs -= ms;
};
const passes = (ms: number): void => {
  clock.now += ms;
  running += ms;
};
const today = async () => {
  const bundle = await todayOf(await readToday());
  if (!bundle) throw new Error("no list");
  return bundle;
};
const deliver = (errandId: string) =>
  record("delivered", {
    errandId,
    payload: {
      ...{ receiver_name: "Trần Thị Thử", receiver_relation: "self", id_kind: "CCCD", id_last4: "0000", code: null },
      ...{ seal_whole: true, scanned: true, parcels: [], thumbprint: false, witness: null, receipt: RECEIPT },
    },
  });
const told = (kind: OperationKind) => [...server.operations.values()].filter(({ op }) => op.kind === kind).length;
const asked = (what: string) => server.log.filter((line) => line === what).length;

beforeEach(async () => {
  running = 0;
  outside.elapsed = () => running;
  server.bundle = { ...bundleOf(server.key, [stopOf(1), stopOf(2)]), cash: NOTHING };
  await signIn("buuta-thu", "mat khau");
  await setPin("135790");
  await refreshBundle();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

/** The receiver knows that the phone is here, now. */
function isAt(longitude: number): void {
  const coords = { longitude, latitude: 13.9, accuracy: 8 };
  const getCurrentPosition = (take: PositionCallback) => {
    take({ coords, timestamp: clock.now } as GeolocationPosition);
  };
  vi.stubGlobal("navigator", { geolocation: { getCurrentPosition } });
}

describe("by days", () => {
  test("money taken under a clock that is behind is money of today", async () => {
    setClock(-2 * A_DAY);
    await deliver("e1");
    expect((await today()).cash).toMatchObject({ in_hand: { postage: 26_000 }, earlier: NONE });
  });

  test("what was answered under a clock that was ahead is the office's, and not counted beside it the next morning", async () => {
    setClock(3 * A_DAY);
    await deliver("e1");
    await sendAll();
    setClock(-3 * A_DAY);
    server.bundle = { ...bundleOf(server.key, [stopOf(3)]), day: "2026-12-02", cash: NOTHING };
    server.etag = 'W/"2"';
    await refreshBundle();
    expect((await today()).cash).toMatchObject({ in_hand: NONE, earlier: NONE });
  });

  test("what is recorded after a clock that was ahead was put right stays recorded", async () => {
    setClock(3 * A_DAY);
    await refreshBundle();
    setClock(-3 * A_DAY);
    await record("not_done", { errandId: "e1", payload: UNDONE });
    await sendAll();
    expect((await today()).stops.map((stop) => stop.done)).toEqual([true, false]);
  });

  test("of two orders the later one holds, whatever the clock said", async () => {
    await record("reordered", { payload: { route_id: 11, stops: [2, 1] } });
    setClock(-A_DAY);
    await record("reordered", { payload: { route_id: 11, stops: [1, 2] } });
    expect((await today()).stops.map((stop) => stop.id)).toEqual([1, 2]);
  });

  test("a phone that waited under a clock that was ahead sends as soon as it would have", async () => {
    setClock(3 * A_DAY);
    server.faults = ["before"];
    await record("not_done", { errandId: "e1", payload: UNDONE });
    await run(true);
    setClock(-3 * A_DAY);
    passes(2000);
    await run(false);
    expect(told("not_done")).toBe(1);
  });

  test("a phone whose clock was put right goes on asking what is new", async () => {
    setClock(10 * AN_HOUR);
    await run(true);
    setClock(-10 * AN_HOUR);
    const before = asked("GET /bundle");
    passes(61_000);
    await run(false);
    expect(asked("GET /bundle")).toBe(before + 1);
  });
});

test("a clock that is set while the office is asked is measured right all the same", async () => {
  const fetch = server.fetch;
  outside.fetch = async (url, init) => {
    passes(2000);
    if (url.includes("/status")) setClock(-A_DAY);
    return fetch(url, init);
  };
  await run(true);
  const device = await store.device();
  expect(Math.abs((device?.offset_ms ?? 0) - A_DAY)).toBeLessThan(2000);
});

test("where the phone was before its clock was turned back is not taken for where it is", async () => {
  isAt(107.9);
  await position();
  setClock(-A_DAY);
  isAt(108.1);
  expect((await position())?.lon_e6).toBe(108_100_000);
});
