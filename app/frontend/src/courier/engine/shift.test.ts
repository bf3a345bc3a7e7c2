/** How a shift ends: by the office's word, by the time it lay open; never by a clock alone. */
import { beforeEach, describe, expect, test } from "vitest";
import { refreshBundle } from "./bundle";
import { draft } from "./draft";
import { KEPT_MS } from "./boxes";
import { run } from "./loop";
import { outside } from "./outside";
import { queueOf, readQueue } from "./queue";
import { record } from "./record";
import { lock, readSession, setPin, signIn, stateOf, unlock } from "./session";
import { endIfOver } from "./shift";
import { store } from "./store";
import { bundleOf, clock, NOON, server, stopOf } from "./testing";
import { readToday, todayOf } from "./today";

const PIN = "135790";
const AN_HOUR = 3600 * 1000;
const A_DAY = 24 * AN_HOUR;
const session = async () => stateOf(await readSession());
const queue = async () => queueOf(await readQueue());
const act = () => record("run_started", { payload: { route_id: 11 } });
let elapsed = 0;

/** The courier turns the clock; the office's does not. */
const turnClock = (ms: number): void => {
  clock.now += ms;
  server.skewMs -= ms;
};

beforeEach(async () => {
  elapsed = 0;
  outside.elapsed = () => elapsed;
  server.bundle = bundleOf(server.key, [stopOf(1), stopOf(2)]);
  await signIn("buuta-thu", "mat khau");
  await setPin(PIN);
  await refreshBundle();
});

describe("whom to call", () => {
  test("is known behind the lock, and after another sign-in before the day has come", async () => {
    const told = bundleOf(server.key, [stopOf(1)]);
    const office = { ...told.courier.office, phone: "02693000000", duty_phone: "0900000111" };
    server.bundle = { ...told, courier: { ...told.courier, office } };
    server.etag = 'W/"2"';
    await refreshBundle();
    const telephones = { office: office.name, counter: "02693000000", duty: "0900000111" };
    lock();
    expect(await session()).toMatchObject({ state: "locked", telephones });
    await signIn("buuta-thu", "mat khau");
    expect(await session()).toMatchObject({ state: "no_pin", telephones });
  });

  test("is nobody where an older office tells no telephone of the duty", async () => {
    expect((await session()).telephones).toEqual({ office: "Bưu cục Thử", counter: null, duty: null });
  });
});

describe("a clock that says the shift is over", () => {
  beforeEach(async () => {
    await act();
    await draft.write("form", { half: "written" });
    turnClock(A_DAY);
    expect(await endIfOver()).toBe(true);
  });

  test("locks the day and erases nothing", async () => {
    expect(await session()).toMatchObject({ state: "locked", over: true });
    expect([await store.bundles.count(), await store.drafts.count(), await store.operations.count()]).toEqual([
      1, 1, 1,
    ]);
  });

  test("opens for no PIN, and counts none", async () => {
    expect(await unlock("000000")).toEqual({ ok: false, triesLeft: 5, over: true });
    expect(await unlock(PIN)).toEqual({ ok: false, triesLeft: 5, over: true });
  });

  test("opens again when it is put right by hand", async () => {
    turnClock(-A_DAY);
    expect(await unlock(PIN)).toEqual({ ok: true, triesLeft: 5 });
    expect((await todayOf(await readToday()))?.stops).toHaveLength(2);
    expect(await draft.read("form")).toEqual({ half: "written" });
  });

  test("is put right by the next contact, slow as it may be", async () => {
    const fetch = server.fetch;
    outside.fetch = async (url, init) => {
      clock.now += 12_000;
      elapsed += 12_000;
      return fetch(url, init);
    };
    await run(true);
    expect((await session()).over).toBe(false);
    expect((await unlock(PIN)).ok).toBe(true);
  });

  test("is told to the courier once it was measured", async () => {
    expect((await queue()).clock).toBeNull();
    await run(true);
    expect((await queue()).clock).toEqual({ offMs: A_DAY, moved: false });
  });
});

test("the shift locks by a right clock, too, with the network off; what was written stays", async () => {
  await act();
  clock.now = NOON + 13.9 * AN_HOUR;
  expect(await endIfOver()).toBe(false);
  clock.now = NOON + 14.1 * AN_HOUR;
  expect(await endIfOver()).toBe(true);
  expect((await session()).state).toBe("locked");
  expect(await store.operations.count()).toBe(1);
});

test("a shift that is over is erased at the next contact", async () => {
  clock.now = NOON + 14.1 * AN_HOUR;
  server.accessEnded = true;
  await run(true);
  expect((await session()).state).toBe("signed_out");
  expect(await store.bundles.count()).toBe(0);
});

describe("a clock that is turned back", () => {
  test("is told, and goes on being worked with", async () => {
    turnClock(-3 * A_DAY);
    expect((await queue()).clock).toEqual({ offMs: 0, moved: true });
    expect((await session()).state).toBe("open");
  });

  test("keeps the day readable for no longer than a shift lasts", async () => {
    for (let hour = 0; hour < 14; hour += 1) {
      expect(await endIfOver()).toBe(false);
      elapsed += AN_HOUR;
      turnClock(-AN_HOUR);
    }
    expect(await endIfOver()).toBe(true);
    expect((await session()).state).toBe("signed_out");
    expect(await store.bundles.count()).toBe(0);
  });

  test("gives nothing back by a restart, and counts no time in which the day was locked", async () => {
    await endIfOver();
    elapsed += 13 * AN_HOUR;
    expect(await endIfOver()).toBe(false);
    lock();
    await endIfOver();
    elapsed += 20 * AN_HOUR;
    await unlock(PIN);
    expect(await endIfOver()).toBe(false);
    elapsed += 1.1 * AN_HOUR;
    expect(await endIfOver()).toBe(true);
  });
});

test("a clock eight days ahead lets go of nothing that the office has had for a morning", async () => {
  await act();
  await run(true);
  turnClock(KEPT_MS + A_DAY);
  outside.fetch = () => Promise.reject(new TypeError("no line"));
  await run(true);
  expect(await store.boxes.count()).toBe(1);
  outside.fetch = server.fetch;
  await run(true);
  expect(await store.boxes.count()).toBe(1);
});
