/** A line of 15 kbit/s: everything gets home, and the day's changes come before the photographs. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { refreshBundle } from "./bundle";
import { nudge, run } from "./loop";
import { memory } from "./memory";
import { outside } from "./outside";
import { pace, tooSlow, went } from "./pace";
import { queueOf, readQueue } from "./queue";
import { record } from "./record";
import { setPin, signIn } from "./session";
import { store } from "./store";
import { bundleOf, clock, picture, server, stopOf } from "./testing";
import { readToday, todayOf } from "./today";

const queue = async () => queueOf(await readQueue());
const act = (sizes: number[] = []) =>
  record("incident", {
    errandId: "e1",
    payload: { incident: "damaged", parcel: "RT473124829VN", note: "x" },
    files: sizes.map((size) => ({ kind: "seal" as const, blob: picture(size) })),
  });
const sizeOf = (body: unknown): number =>
  typeof body === "string" ? body.length : ((body as Uint8Array | null)?.length ?? 0);

/** So many bits a second go up; who gives up before is not heard. The clocks go along. */
function thinLine(bitsPerSecond: number): void {
  outside.elapsed = () => clock.now;
  outside.fetch = async (url, init) => {
    const takes = 1000 + (sizeOf(init.body) * 8000) / bitsPerSecond;
    const given = new Promise<never>((_done, fail) => {
      init.signal?.addEventListener("abort", () => fail(new DOMException("", "AbortError")));
    });
    given.catch(() => undefined);
    const patient = pace.patience() > takes;
    clock.now += Math.min(takes, pace.patience());
    vi.advanceTimersByTime(patient ? 0 : pace.patience());
    return patient ? server.fetch(url, init) : given;
  };
}

/** As the phone does of itself; returns the minutes it took. */
async function untilHome(most = 200): Promise<number> {
  const begun = clock.now;
  for (let tries = 0; tries < most; tries += 1) {
    await run(true);
    const { waiting, waitingFiles } = await queue();
    if (!waiting && !waitingFiles) return (clock.now - begun) / 60_000;
    clock.now += 15_000;
  }
  throw new Error("still not home");
}

beforeEach(async () => {
  server.bundle = bundleOf(server.key, [stopOf(1), stopOf(2)]);
  await signIn("buuta-thu", "mat khau");
  await setPin("135790");
  await refreshBundle();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => vi.useRealTimers());

describe("on a line of 15 kbit/s", () => {
  test("a photograph of 219 kB comes home in minutes", async () => {
    await act([219_000]);
    thinLine(15_000);
    expect(await untilHome()).toBeLessThan(4);
  });

  test("fifty acts come home, however much one request may carry", async () => {
    for (let index = 0; index < 50; index += 1) await act();
    thinLine(3_000);
    await untilHome();
    expect(server.operations.size).toBe(50);
  });

  test("each part goes on where the last one ended", async () => {
    await act([219_000]);
    thinLine(15_000);
    const froms: string[] = [];
    const fetch = outside.fetch;
    outside.fetch = async (url, init) => {
      const response = await fetch(url, init);
      const range = new Headers(init.headers).get("Content-Range");
      if (range) froms.push(range);
      return response;
    };
    await untilHome();
    expect(new Set(froms).size).toBe(froms.length); // no part twice
  });
});

describe("parts and patience", () => {
  test("shrink and grow to what a line carries in ten seconds, between 4 and 64 KiB", () => {
    for (let tries = 0; tries < 9; tries += 1) tooSlow();
    expect([pace.part(), pace.batch(), pace.patience()]).toEqual([4096, 2, 240_000]);
    went(4096, 8000);
    expect([pace.part(), pace.patience()]).toEqual([5120, 30_000]);
    went(0, 200); // a question weighs nothing and tells nothing
    expect(pace.part()).toBe(5120);
    for (let tries = 0; tries < 9; tries += 1) went(pace.part(), 200);
    expect([pace.part(), pace.batch()]).toEqual([65_536, 50]);
  });

  test("an answer that comes in bits is waited for, as long as some comes", async () => {
    const fetch = server.fetch;
    outside.fetch = async (url, init) => {
      const answered = await fetch(url, init);
      if (answered.status === 304) return answered;
      const whole = new TextEncoder().encode(await answered.text());
      let at = 0;
      const bits = new ReadableStream<Uint8Array>({
        pull(into) {
          vi.advanceTimersByTime(5_000); // some of them are fetched ahead
          if (init.signal?.aborted) into.error(new DOMException("", "AbortError"));
          else if (at >= whole.length) into.close();
          else into.enqueue(whole.slice(at, (at += 10)));
        },
      });
      return new Response(bits, { headers: { "Content-Type": "application/json" } });
    };
    await run(true);
    expect(memory.trouble).toBeNull();
  });
});

describe("the day's changes", () => {
  const newBundle = (): void => {
    server.bundle = bundleOf(server.key, [stopOf(1), stopOf(2), stopOf(3)]);
    server.etag = 'W/"2"';
  };
  const stops = async () => (await todayOf(await readToday()))?.stops.length;

  test("come before the photographs", async () => {
    await act([300]);
    newBundle();
    server.log.length = 0;
    await run(true);
    const order = server.log.map((line) => line.replace(/\/files.*/, "/files"));
    expect(order).toEqual(["POST /ops", "GET /status", "GET /bundle", "PUT /files"]);
  });

  test("come although a photograph never gets home", async () => {
    await act([300]);
    newBundle();
    const fetch = server.fetch;
    outside.fetch = (url, init) =>
      url.includes("/files/") ? Promise.reject(new TypeError("the line broke")) : fetch(url, init);
    await run(true);
    expect([await stops(), (await queue()).waitingFiles]).toEqual([3, 1]);
  });

  test("come within a minute while a photograph takes many", async () => {
    await act([219_000]);
    thinLine(8_000);
    const fetch = outside.fetch;
    let looked: number[] = [];
    outside.fetch = async (url, init) => {
      if (url.endsWith("/bundle")) looked.push(clock.now);
      return fetch(url, init);
    };
    await untilHome();
    looked = looked.map((at, index) => at - (looked[index - 1] ?? at)).slice(1);
    expect(looked.length).toBeGreaterThan(2);
    expect(Math.max(...looked)).toBeLessThan(120_000);
  });

  test("an act that is written meanwhile goes before the rest of a photograph", async () => {
    await act([219_000]);
    const fetch = server.fetch;
    let parts = 0;
    outside.fetch = async (url, init) => {
      const response = await fetch(url, init);
      if (url.includes("/files/") && (parts += 1) === 1) {
        await act();
        nudge();
      }
      return response;
    };
    server.log.length = 0;
    await run(true);
    expect(
      server.log.slice(-4).map((line) =>
        line
          .split(" ")
          .slice(0, 2)
          .join(" ")
          .replace(/\/files.*/, "/files"),
      ),
    ).toEqual(["POST /ops", "PUT /files", "PUT /files", "PUT /files"]);
  });

  test("are asked for every minute while the app is looked at, and seldom in the pocket", async () => {
    const looks = async (visible: boolean): Promise<number> => {
      outside.visible = () => visible;
      await run(true);
      server.log.length = 0;
      for (let second = 0; second < 600; second += 15) {
        clock.now += 15_000;
        await run(false);
      }
      return server.log.filter((line) => line === "GET /bundle").length;
    };
    expect([await looks(true), await looks(false)]).toEqual([8, 1]);
  });
});

test("a photograph that is answered strangely holds up no other", async () => {
  await act([100, 300]);
  const fetch = server.fetch;
  const small = (await store.files.toArray()).sort((a, b) => a.size - b.size)[0]?.sha256 ?? "";
  outside.fetch = (url, init) =>
    url.endsWith(small) ? Promise.resolve(Response.json({ received: -5, state: "coming" })) : fetch(url, init);
  await run(true);
  expect((await queue()).waitingFiles).toBe(1);
});

test("a bundle that this app can't read is asked for ever more rarely", async () => {
  let asked = 0;
  const fetch = server.fetch;
  outside.fetch = (url, init) => {
    if (!url.endsWith("/bundle")) return fetch(url, init);
    asked += 1;
    return Promise.resolve(Response.json({ version: 9, places: [] }));
  };
  clock.now += 3_600_000;
  for (let second = 0; second < 120; second += 1) {
    await run(false);
    clock.now += 1000;
  }
  expect(asked).toBeGreaterThan(1);
  expect(asked).toBeLessThanOrEqual(10);
});
