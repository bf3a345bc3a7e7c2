/** A phone is named as a coordinator knows it, and its bar is calm. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { run } from "./loop";
import { phoneName } from "./model";
import { queueOf, readQueue } from "./queue";
import { record } from "./record";
import { setPin, signIn } from "./session";
import { askStatus } from "./sync";
import { bundleOf, server, stopOf } from "./testing";

const LINUX = "Mozilla/5.0 (Linux; ";
const CHROME = " AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36";
const queue = async () => queueOf(await readQueue());

afterEach(() => vi.unstubAllGlobals());

describe("a phone's name", () => {
  test.each([
    [`${LINUX}Android 13; SM-A125F)${CHROME}`, "Android 13 · SM-A125F · Chrome 120"],
    [`${LINUX}Android 11; Redmi Note 8 Build/RKQ1)${CHROME}`, "Android 11 · Redmi Note 8 · Chrome 120"],
    [`${LINUX}Android 10; K)${CHROME}`, "Android 10 · Chrome 120"],
    ["Mozilla/5.0 (Android 12; Mobile; rv:121.0) Gecko/121.0 Firefox/121.0", "Android 12 · Mobile · Firefox 121"],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 16_2 like Mac OS X) AppleWebKit/605 Version/16.2 Mobile Safari/604",
      "iPhone · iOS 16 · Safari 16",
    ],
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605 Version/17.0 Safari/605", "Linux · Safari 17"],
    ["", "?"],
  ])("in %s", async (userAgent, name) => {
    vi.stubGlobal("navigator", { userAgent });
    expect(await phoneName()).toBe(name);
  });

  test("has the model that the browser tells when it is asked", async () => {
    const told = { model: "SM-A125F", platform: "Android", platformVersion: "13.0.0" };
    const userAgentData = { getHighEntropyValues: () => Promise.resolve(told) };
    vi.stubGlobal("navigator", { userAgent: `${LINUX}Android 10; K)${CHROME}`, userAgentData });
    expect(await phoneName()).toBe("Android 13 · SM-A125F · Chrome 120");
  });

  test("does without what the browser refuses to tell", async () => {
    const userAgentData = { getHighEntropyValues: () => Promise.reject(new Error("no")) };
    vi.stubGlobal("navigator", { userAgent: `${LINUX}Android 10; K)${CHROME}`, userAgentData });
    expect(await phoneName()).toBe("Android 10 · Chrome 120");
  });
});

test("a phone tells at every look what it still holds", async () => {
  server.bundle = bundleOf(server.key, [stopOf(1)]);
  await signIn("buuta-thu", "mat khau");
  await setPin("135790");
  await record("run_started", { payload: { route_id: 11 } });
  await askStatus();
  expect(server.said).toBe("?waiting=1&waiting_files=0");
});

describe("the courier's sight", () => {
  beforeEach(async () => {
    server.bundle = bundleOf(server.key, [stopOf(1)]);
    await signIn("buuta-thu", "mat khau");
    await setPin("135790");
  });

  test("is calm about what only the office has to look at", async () => {
    server.results.run_started = { result: "needs_review", reviews: [{ code: "errand_moved", detail: "Đã dời." }] };
    await record("run_started", { payload: { route_id: 11 } });
    await run(true);
    expect(await queue()).toMatchObject({ needsHelp: 0, operations: [{ office: true, state: "needs_help" }] });
  });

  test("names what the office could not read", async () => {
    server.results.run_started = { result: "rejected", problem: { code: "operation_malformed", detail: "Sai dạng." } };
    await record("run_started", { payload: { route_id: 11 } });
    await run(true);
    expect(await queue()).toMatchObject({ needsHelp: 1, operations: [{ office: false }] });
  });

  test("says nothing of having sent on a phone on which nothing was written", async () => {
    expect((await queue()).empty).toBe(true);
    await record("run_started", { payload: { route_id: 11 } });
    expect((await queue()).empty).toBe(false);
  });
});
