/** The app lies on the phone for weeks, the server is renewed overnight: what it says anew may be unknown here. */
import { beforeEach, describe, expect, test } from "vitest";
import { taskOf } from "../screens/day/stop-facts";
import { EMPTY, evidenceOf, picturesOf, questionsOf, undoneFaults } from "../screens/undone/facts";
import { kindOf, problemOf, purposeOf } from "../screens/words";
import type { ErrandKind, ErrandState, OutcomeChoice, Result, WireBundle } from "../types";
import { run, syncNow } from "./loop";
import { memory } from "./memory";
import { outside } from "./outside";
import { queueOf, readQueue } from "./queue";
import { record } from "./record";
import { setPin, signIn } from "./session";
import { store } from "./store";
import { KEPT_MS } from "./boxes";
import { sendAll } from "./sync";
import { bundleOf, clock, errandOf, picture, server, stopOf } from "./testing";
import { readToday, todayOf } from "./today";

const act = (sizes: number[] = []) =>
  record("incident", {
    errandId: "e1",
    payload: { incident: "damaged", parcel: "RT473124829VN", note: "x" },
    files: sizes.map((size) => ({ kind: "seal" as const, blob: picture(size) })),
  });

const queue = async () => queueOf(await readQueue());
const times = (line: string) => server.log.filter((one) => one.startsWith(line)).length;
const answer = (given: object) => (server.results.incident = given);

/** Nothing here may ask a hundred times: the line itself ends what would have no end. */
function limitLine(most = 30): void {
  const fetch = server.fetch;
  let left = most;
  outside.fetch = (url, init) => {
    left -= 1;
    if (left < 0) throw new Error("asked without a pause");
    return fetch(url, init);
  };
}

beforeEach(async () => {
  server.bundle = bundleOf(server.key, [stopOf(1), stopOf(2)]);
  await signIn("buuta-thu", "mat khau");
  await setPin("135790");
  server.log.length = 0;
  limitLine();
});

describe("a result that this app does not know", () => {
  beforeEach(() => answer({ result: "deferred" }));

  test("is an answer: it is asked for once, is shown to the courier, and stays on the phone", async () => {
    await act();
    await run(true);
    expect(times("POST /ops")).toBe(1);
    const { waiting, needsHelp, operations } = await queue();
    expect([waiting, needsHelp]).toEqual([0, 1]);
    expect(operations[0]?.problem && problemOf(operations[0].problem)).toContain("cập nhật ứng dụng");
    expect(await store.boxes.count()).toBe(1); // for the rescue ZIP, and for the newer app
  });

  test("holds up neither the acts behind it nor a photograph", async () => {
    await act([100]);
    await record("run_started", { payload: { route_id: 11 } });
    await run(true);
    expect([...server.operations.values()].map(({ op }) => op.kind)).toEqual(["incident", "run_started"]);
    expect([...server.files.values()].map((file) => file.whole)).toEqual([true]);
    expect(await store.boxes.count()).toBe(2); // the other one's for a week
  });

  test("is understood by the newer app when the courier opens it", async () => {
    await act();
    await run(true);
    const [kept] = server.operations.values();
    if (kept) kept.answer.result = "applied";
    await syncNow();
    expect(await queue()).toMatchObject({ waiting: 0, needsHelp: 0 });
  });

  test("is kept for as long as the phone lives", async () => {
    await act();
    await sendAll();
    clock.now += KEPT_MS + 1000;
    await sendAll();
    expect([await store.operations.count(), await store.boxes.count()]).toEqual([1, 1]);
  });

  test("is found in the answer of a duplicate, too", async () => {
    await act();
    server.faults = ["after"]; // it was taken in, and its answer lost
    await run(true);
    await run(true);
    expect((await store.operations.toArray()).map((row) => row.result)).toEqual(["unknown"]);
  });

  test("may even bear a name that every object has", async () => {
    answer({ result: "constructor" as Result });
    await act();
    await run(true);
    expect((await store.operations.toArray()).map((row) => row.result)).toEqual(["unknown"]);
  });
});

describe("an answered act that waits all the same", () => {
  beforeEach(async () => {
    await act([300, 400]);
    server.owes = [[1, 1]]; // for ever: what it says it misses it has just taken in
  });

  test("ends the run, and the photographs leave", async () => {
    await run(true);
    expect(times("POST /ops")).toBe(1);
    expect([...server.files.values()].map((file) => file.whole)).toEqual([true, true]);
    expect(memory.trouble).toBeNull(); // the line is there
  });

  test("is tried again ever later", async () => {
    let asked = 0;
    const fetch = server.fetch;
    outside.fetch = (url, init) => {
      if (url.endsWith("/ops")) asked += 1;
      if (url.includes("/files/")) return Promise.reject(new TypeError("no line")); // so its box stays
      return fetch(url, init);
    };
    await everySecond(120);
    expect(asked).toBeLessThanOrEqual(10);
  });
});

/** What the phone does of itself while nobody touches it: whenever its back-off lets it. */
async function everySecond(seconds: number): Promise<void> {
  clock.now += 3_600_000; // past what tests before had to wait for
  for (let second = 0; second < seconds; second += 1) {
    await run(false);
    clock.now += 1000;
  }
}

describe("the pauses", () => {
  const hearing = async (answered: () => Response): Promise<number> => {
    await run(true);
    await act();
    let asked = 0;
    outside.fetch = () => {
      asked += 1;
      return Promise.resolve(answered());
    };
    await everySecond(120);
    return asked;
  };

  test.each([
    ["is not well", () => new Response("", { status: 503 })],
    ["wants no more of this token", () => Response.json({ code: "sign_in_needed", detail: "" }, { status: 401 })],
  ])("grow while a server %s", async (_name, answered) => {
    const asked = await hearing(answered);
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThanOrEqual(10);
  });

  test("are over when something has gone through: the next act goes at once", async () => {
    expect(await hearing(() => new Response("", { status: 503 }))).toBeGreaterThan(1);
    outside.fetch = server.fetch;
    await run(true); // back on line
    await act();
    await run(false);
    expect((await queue()).waiting).toBe(0);
  });
});

test("a reason for 401 that this app does not know asks to sign in, and puts nothing aside", async () => {
  await act();
  outside.fetch = () => Promise.resolve(Response.json({ code: "device_retired", detail: "" }, { status: 401 }));
  await run(true);
  expect(await queue()).toMatchObject({ waiting: 1, needsHelp: 0, signInNeeded: true });
});

test("an unknown code of refusal is put aside with the server's sentence", async () => {
  await act();
  outside.fetch = () => Promise.resolve(Response.json({ code: "too_modern", detail: "Câu mới." }, { status: 403 }));
  await run(true);
  expect(await queue()).toMatchObject({ waiting: 0, needsHelp: 1, operations: [{ problem: { detail: "Câu mới." } }] });
  expect(await store.boxes.count()).toBe(1);
});

describe("an answer", () => {
  test("with an unknown code of review is told in the server's sentence", async () => {
    answer({ result: "needs_review", reviews: [{ code: "moon_phase", detail: "Câu mới." }] });
    await act();
    await run(true);
    expect((await queue()).operations[0]).toMatchObject({ state: "needs_help", reviews: [{ detail: "Câu mới." }] });
  });

  test("with fields left out and others added is taken in", async () => {
    answer({ reviews: undefined, problem: undefined, hint: { deep: [1] } });
    await act();
    await run(true);
    expect(await queue()).toMatchObject({ waiting: 0, needsHelp: 0 });
  });

  test("of no use stands beside a good one", async () => {
    const fetch = server.fetch;
    outside.fetch = async (url, init) => {
      const response = await fetch(url, init);
      if (!url.endsWith("/ops")) return response;
      const body = (await response.json()) as { answers: unknown[]; owes?: unknown };
      delete body.owes;
      return Response.json({ ...body, answers: [null, { op_id: "another's", result: "applied" }, ...body.answers] });
    };
    await act();
    await run(true);
    expect(await queue()).toMatchObject({ waiting: 0, needsHelp: 0 });
  });
});

describe("a file", () => {
  test("in a state that this app does not know is put aside, and holds up no other", async () => {
    await act([100_000, 200]);
    server.fileState = "in_quarantine";
    const fetch = server.fetch;
    outside.fetch = async (url, init) => {
      const response = await fetch(url, init);
      if (!url.includes("/files/")) return response;
      const body = (await response.json()) as { received: number; state: string };
      return Response.json(body.received < 1000 ? { ...body, state: "in_quarantine" } : body);
    };
    await run(true);
    const { files, waitingFiles, needsHelp } = await queue();
    expect([waitingFiles, needsHelp]).toEqual([0, 1]);
    expect(files[0]?.problem && problemOf(files[0].problem)).toContain("cập nhật ứng dụng");
    expect(await store.blobs.count()).toBe(2); // the other one's for a week
    outside.fetch = fetch;
    await syncNow(); // the newer app
    expect(await queue()).toMatchObject({ waitingFiles: 0, needsHelp: 0 });
  });

  test("that the server forgets in the middle is put aside, and holds up no other", async () => {
    await act([100_000, 300_000]);
    const fetch = server.fetch;
    const forgotten = (await store.files.toArray()).sort((a, b) => a.size - b.size)[0]?.sha256 ?? "";
    outside.fetch = async (url, init) => {
      const response = await fetch(url, init);
      if (!url.endsWith(forgotten) || !new Headers(init.headers).get("Content-Range")?.includes(" 65536-"))
        return response;
      server.files.delete(forgotten);
      return Response.json({ code: "file_unknown", detail: "" }, { status: 404 });
    };
    await run(true);
    expect(times(`PUT /files/${forgotten}`)).toBe(2); // its two parts, once
    expect([...server.files.values()].map((file) => file.whole)).toEqual([true]);
    expect(await queue()).toMatchObject({ waitingFiles: 0, needsHelp: 1 });
  });
});

describe("a bundle", () => {
  const today = async () => todayOf(await readToday());
  const lay = async (bundle: WireBundle) => {
    server.bundle = bundle;
    server.etag = 'W/"2"';
    await run(true);
  };

  test("with an errand of an unknown kind or state is shown, and nothing is offered that might be wrong", async () => {
    const [kind, state] = ["inspect" as ErrandKind, "paused" as ErrandState];
    await lay(bundleOf(server.key, [stopOf(1, errandOf("e1", { kind })), stopOf(2, errandOf("e2", { state }))]));
    const stops = (await today())?.stops ?? [];
    expect(stops.map((stop) => [stop.done, stop.errands[0]?.closed])).toEqual([
      [false, false],
      [false, false],
    ]);
    expect([kindOf("inspect"), taskOf({ kind: "inspect" })]).toEqual(["Việc mới", null]);
    expect(["collect", "deliver", "give_back"].map((one) => taskOf({ kind: one }))).toEqual([
      "collect",
      "hand_over",
      "hand_over",
    ]);
  });

  test("with fields this app does not know is laid down as it came", async () => {
    const newer = { ...bundleOf(server.key, [stopOf(1)]), weather: { rain: true } };
    await lay(newer);
    expect(await today()).toMatchObject({ weather: { rain: true }, next: 1 });
  });

  test("with an envelope of an unknown purpose names it an envelope", () => {
    expect([purposeOf("gift"), purposeOf("result")]).toEqual(["Bưu gửi", "Kết quả"]);
  });

  test("with an outcome that this app never heard of asks for its evidence in the server's words", () => {
    const outcome: OutcomeChoice = {
      ...{ code: "ROAD_CLOSED", label: "Đường cấm", evidence: ["permit_number", "gate_photo"] },
      ...{ counts: false, for: ["collect"] },
    };
    expect(questionsOf(outcome, false)).toEqual(["permit_number"]);
    expect(picturesOf(outcome, false)).toEqual(["gate"]);
    expect(Object.keys(undoneFaults(outcome, EMPTY, {}, []))).toEqual(["permit_number", "gate"]);
    const form = { ...EMPTY, texts: { permit_number: "12" } };
    expect(evidenceOf(outcome, form, [], { at: "", lines: "" })).toEqual({ permit_number: "12" });
  });
});
