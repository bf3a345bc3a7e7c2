/** What stands between phone and office is told as what it is. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { lineWords, notReached, unsentBecause } from "../screens/line";
import type { Why } from "../types";
import { run, syncNow } from "./loop";
import { outside } from "./outside";
import { queueOf, readQueue } from "./queue";
import { record } from "./record";
import { Refused, Unreachable } from "./server";
import { setPin, signIn } from "./session";
import { bundleOf, clock, server, stopOf } from "./testing";

const queue = async () => queueOf(await readQueue());
const act = () => record("run_started", { payload: { route_id: 11 } });
const SLOW = { code: "sign_in_slow", detail: "Xin đợi đến 08:06 rồi thử lại." };
const html = (status: number) => new Response("<html>", { status, headers: { "Content-Type": "text/html" } });
const answering = (response: () => Response) => (outside.fetch = () => Promise.resolve(response()));

/** As a browser gives it where it was told not to follow. */
function redirected(): Response {
  return Object.defineProperty(new Response(null), "type", { value: "opaqueredirect" });
}

beforeEach(async () => {
  server.bundle = bundleOf(server.key, [stopOf(1)]);
  await signIn("buuta-thu", "mat khau");
  await setPin("135790");
});

describe("what stands between", () => {
  test.each<[string, Why, () => Response]>([
    ["a page of the network", "foreign", () => html(200)],
    ["the network's own JSON", "foreign", () => Response.json({ welcome: "to the hotel" })],
    ["a redirection", "foreign", redirected],
    ["a network that names its sign-in", "foreign", () => html(511)],
    ["a refusal in nobody's words", "blocked", () => html(403)],
    ["a server that fell", "ill", () => html(502)],
    ["a server that says so", "ill", () => Response.json({ code: "busy", detail: "Xin đợi." }, { status: 503 })],
    ["a server that wants a pause", "wait", () => Response.json(SLOW, { status: 429 })],
    ["an account that is locked", "wait", () => Response.json(SLOW, { status: 423 })],
    [
      "an answer that breaks off",
      "slow",
      () => new Response('{"now', { headers: { "Content-Type": "application/json" } }),
    ],
    [
      "a refusal in the office's words",
      "refused",
      () => Response.json({ code: "x", detail: "Không." }, { status: 403 }),
    ],
  ])("is known by %s", async (_name, why, response) => {
    answering(response);
    await run(true);
    expect((await queue()).trouble?.why).toBe(why);
  });

  test("is no line at all where nothing is answered, or the browser knows of none", async () => {
    outside.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
    await run(true);
    expect((await queue()).trouble?.why).toBe("no_line");
    outside.online = () => false;
    expect((await queue()).trouble?.why).toBe("no_line");
  });

  test("is a slow line where patience ends", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    outside.fetch = (_url, init) =>
      new Promise((_done, fail) => {
        init.signal?.addEventListener("abort", () => fail(new DOMException("", "AbortError")));
        vi.advanceTimersByTime(600_000);
      });
    await run(true);
    vi.useRealTimers();
    expect((await queue()).trouble?.why).toBe("slow");
  });

  test("is forgotten once something got through", async () => {
    answering(() => html(502));
    await run(true);
    outside.fetch = server.fetch;
    await run(true);
    expect((await queue()).trouble).toBeNull();
  });

  test("is said with what happens next", () => {
    for (const why of ["no_line", "slow", "foreign", "blocked", "ill", "wait", "refused"] as const)
      expect(lineWords({ why, detail: "" })).toMatch(/^[^.]+\. .+\.$/u);
  });
});

describe("an act that the server wants later", () => {
  test("waits, and is put aside by nobody", async () => {
    await act();
    answering(() => Response.json({ code: "too_many_requests", detail: "Xin đợi." }, { status: 429 }));
    await run(true);
    expect(await queue()).toMatchObject({ waiting: 1, needsHelp: 0 });
  });
});

describe("signing in", () => {
  test("is told of a locked account in the office's words, with the minutes left", async () => {
    answering(() => Response.json({ ...SLOW, retry_after: 521 }, { status: 429, headers: { "Retry-After": "60" } }));
    const fault = await signIn("buuta-thu", "sai").catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Unreachable);
    expect(notReached(fault as Unreachable)).toBe("Xin đợi đến 08:06 rồi thử lại. Còn 9 phút.");
  });

  test("is told of a wrong password in the office's words", async () => {
    const detail = "Mật khẩu chưa đúng. Còn 3 lần thử.";
    answering(() => Response.json({ code: "sign_in_refused", detail }, { status: 422 }));
    const fault = await signIn("buuta-thu", "sai").catch((error: unknown) => error);
    expect((fault as Refused).problem.detail).toBe(detail);
  });
});

describe("sending now", () => {
  const said = async () => {
    const ended = await syncNow();
    return unsentBecause(ended, (await queue()).waiting > 0);
  };

  test("ends without a reason when all is home", async () => {
    await act();
    expect(await said()).toBeNull();
  });

  test.each<[string, () => Response, RegExp]>([
    ["the portal", () => html(200), /đăng nhập Wi-Fi/u],
    ["the server's trouble", () => html(500), /trục trặc/u],
    [
      "the wish to sign in",
      () => Response.json({ code: "sign_in_needed", detail: "" }, { status: 401 }),
      /đăng nhập lại/u,
    ],
  ])("ends with %s", async (_name, response, sentence) => {
    await act();
    answering(response);
    expect(await said()).toMatch(sentence);
  });

  test("ends with a word where the office answers and an act waits all the same", async () => {
    await act();
    server.owes = [[1, 1]];
    expect(await said()).toContain("chưa nhận xong");
  });

  test("waits for a try that is under way, and then tries itself", async () => {
    const first = run(true);
    clock.now += 1000;
    await act();
    const last = await syncNow();
    await first;
    expect([last.fault, (await queue()).waiting]).toEqual([null, 0]);
  });
});
