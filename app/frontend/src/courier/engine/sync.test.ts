import { beforeEach, describe, expect, test } from "vitest";
import { backOff, run, syncNow } from "./loop";
import { memory } from "./memory";
import { outside } from "./outside";
import { queueOf, readQueue } from "./queue";
import { record } from "./record";
import { setPin, signIn } from "./session";
import { store } from "./store";
import { KEPT_MS, makeRoom } from "./boxes";
import { rescueZip } from "./rescue";
import { askStatus, sendAll } from "./sync";
import { bundleOf, clock, picture, server, stopOf, type Fault } from "./testing";

const act = (errandId = "e1", sizes: number[] = []) =>
  record("incident", {
    errandId,
    payload: { incident: "damaged", parcel: "RT473124829VN", note: errandId },
    files: sizes.map((size) => ({ kind: "seal" as const, blob: picture(size) })),
  });

const queue = async () => queueOf(await readQueue());
const seqs = () => [...server.operations.values()].map(({ op }) => op.seq);

/** As often as the phone would: each round the line may drop, the time goes on. */
async function untilHome(rounds = 400): Promise<number> {
  for (let round = 0; round < rounds; round += 1) {
    clock.now += 600_000;
    await run(true);
    const { waiting, waitingFiles } = await queue();
    if (!waiting && !waitingFiles && !memory.trouble) return round;
  }
  throw new Error("still not home");
}

/** The same while a timer of the loop may be sending, too: a call that finds it at work comes back at once. */
async function home(): Promise<void> {
  for (;;) {
    await run(true);
    const { waiting, waitingFiles } = await queue();
    if (!waiting && !waitingFiles && !memory.trying) return;
    await new Promise((done) => setTimeout(done));
  }
}

beforeEach(async () => {
  server.bundle = bundleOf(server.key, [stopOf(1), stopOf(2)]);
  await signIn("buuta-thu", "mat khau");
  await setPin("135790");
});

describe("a queue", () => {
  test("goes home in the order it was written, fifty at a time", async () => {
    for (let index = 0; index < 120; index += 1) await act(`e${index % 7}`);
    await sendAll();
    expect(server.log.filter((line) => line === "POST /ops")).toHaveLength(3);
    expect(seqs()).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
    expect(await queue()).toMatchObject({ waiting: 0, needsHelp: 0 });
  });

  test.each<Fault>(["before", "after", "cut", "unwell", "portal"])("outlives a line that fails (%s)", async (fault) => {
    await act("e1", [100]);
    server.faults = [fault];
    await run(true);
    expect((await queue()).waiting).toBe(1);
    expect((await queue()).offline).toBe(true);
    await untilHome();
    expect(seqs()).toEqual([1]);
    expect([...server.files.values()].every((file) => file.whole)).toBe(true);
    expect([await store.boxes.count(), await store.blobs.count()]).toEqual([1, 1]); // sealed, for a week
  });

  test("comes home exactly once over a line that drops at random in every request", async () => {
    let chance = 20261201;
    const next = (): number => (chance = (chance * 48271) % 2147483647) / 2147483647;
    const faults: Fault[] = ["before", "after", "cut", "unwell", "portal", null, null];
    const fetch = server.fetch;
    outside.fetch = (url, init) => {
      server.faults = [faults[Math.floor(next() * faults.length)] ?? null];
      return fetch(url, init);
    };
    for (let index = 0; index < 40; index += 1) await act(`e${index % 5}`, index % 4 ? [300] : [200_000, 900]);
    await untilHome();
    expect(seqs().sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect([...server.files.values()].filter((file) => file.whole)).toHaveLength(50);
    expect(await queue()).toMatchObject({ waiting: 0, waitingFiles: 0, needsHelp: 0, files: [] });
    expect([await store.boxes.count(), await store.blobs.count()]).toEqual([40, 50]); // sealed, for a week
  });

  test("one that is refused does not hold up the others, and is shown", async () => {
    server.results.run_started = { result: "rejected", problem: { code: "operation_malformed", detail: "Sai dạng." } };
    await record("run_started", { payload: { route_id: 11 } });
    await act();
    await sendAll();
    const { operations, waiting, needsHelp } = await queue();
    expect([waiting, needsHelp]).toEqual([0, 1]);
    expect(operations.find((row) => row.kind === "run_started")).toMatchObject({
      state: "needs_help",
      problem: { detail: "Sai dạng." },
    });
    expect(await store.boxes.count()).toBe(2); // for the rescue ZIP; the other one's for a week
  });

  test("a batch whose envelope is refused is sent one by one", async () => {
    await act("e1");
    await act("e2");
    const fetch = server.fetch;
    outside.fetch = (url, init) => {
      const ops = url.endsWith("/ops") ? (JSON.parse(init.body as string) as { ops: { seq: number }[] }).ops : [];
      if (!ops.some((op) => op.seq === 1)) return fetch(url, init);
      return Promise.resolve(Response.json({ code: "invalid", detail: "Không đọc được." }, { status: 422 }));
    };
    await sendAll();
    expect(seqs()).toEqual([2]);
    expect((await queue()).needsHelp).toBe(1);
    outside.fetch = fetch;
    await syncNow(); // the button
    expect(seqs()).toEqual([2, 1]);
    expect((await queue()).needsHelp).toBe(0);
  });

  test("401 keeps it and asks to sign in", async () => {
    await act();
    const fetch = server.fetch;
    outside.fetch = () => Promise.resolve(Response.json({ code: "sign_in_needed", detail: "" }, { status: 401 }));
    await run(true);
    expect(await queue()).toMatchObject({ waiting: 1, signInNeeded: true, offline: false });
    outside.fetch = fetch;
    await signIn("buuta-thu", "mat khau");
    await untilHome();
    expect(seqs()).toEqual([1]);
  });

  test("what a person must look at is said in the server's words", async () => {
    server.results.incident = { result: "needs_review", reviews: [{ code: "errand_cancelled", detail: "Đã hủy." }] };
    await act();
    await sendAll();
    expect((await queue()).operations[0]).toMatchObject({ state: "needs_help", reviews: [{ detail: "Đã hủy." }] });
  });

  test("what the server lost again goes again while it is still here", async () => {
    const big = await act("e1", [200_000]);
    server.faults = [null, "before"]; // the operation is in, its file is not
    await run(true);
    server.operations.clear();
    server.owes = [[1, 1]];
    await askStatus();
    server.owes = [];
    await untilHome();
    expect(server.operations.has(big.op_id)).toBe(true);
  });

  test("keeps what is home sealed for seven days, then only id, number, hash and result", async () => {
    await act("e1", [100]);
    await sendAll();
    const [row] = await store.operations.toArray();
    expect(row).toMatchObject({ result: "applied", waits: 0, seq: 1 });
    clock.now += KEPT_MS - 1000;
    await askStatus();
    expect([await store.boxes.count(), await store.blobs.count()]).toEqual([1, 1]);
    clock.now += 2000;
    await act("e2");
    await sendAll();
    await askStatus();
    expect((await store.operations.toArray()).map((one) => one.seq)).toEqual([2]);
    expect([await store.boxes.count(), await store.blobs.count(), await store.files.count()]).toEqual([1, 0, 0]);
    const { op_id, device_id, seq, hash, result } = row ?? {};
    expect(await store.past.toArray()).toEqual([{ op_id, device_id, seq, hash, result }]);
  });
});

describe("a database that was restored from a copy", () => {
  const lost = (from: number): void => {
    for (const [id, { op }] of server.operations) if (op.seq > from) server.operations.delete(id);
    server.files.clear();
    server.epoch = "second";
  };

  test("gets everything again that came after the copy was taken: 0 of 200 lost", async () => {
    for (let index = 0; index < 220; index += 1) await act(`e${index % 7}`, index % 44 ? [] : [300]);
    await home();
    const before = new Map(server.operations);
    lost(20); // the copy knew twenty
    await act("new");
    await home();
    expect(seqs().sort((a, b) => a - b)).toEqual(Array.from({ length: 221 }, (_, index) => index + 1));
    for (const [id, { op }] of before) expect(server.operations.get(id)?.op).toEqual(op); // the very same, and one chain
    expect([...server.files.values()].filter((file) => file.whole)).toHaveLength(5);
    expect(await queue()).toMatchObject({ waiting: 0, waitingFiles: 0, needsHelp: 0 });
  });

  test("is noticed by a phone that has nothing to send, and asked only once", async () => {
    await act();
    await sendAll();
    lost(0);
    await askStatus();
    expect((await queue()).waiting).toBe(1);
    await home();
    expect(seqs()).toEqual([1]);
    const asked = server.log.length;
    await sendAll();
    expect(server.log).toHaveLength(asked);
  });

  test("is noticed after signing in anew, too", async () => {
    await act();
    await sendAll();
    lost(0);
    await signIn("buuta-thu", "mat khau");
    await home();
    expect(seqs()).toEqual([1]);
  });

  test("an older server, which tells no epoch, is asked nothing twice", async () => {
    await act();
    await sendAll();
    server.epoch = "";
    await askStatus();
    expect((await queue()).waiting).toBe(0);
  });
});

describe("a full disk", () => {
  test("costs the oldest of what the office has, never what is on the phone alone", async () => {
    for (let index = 0; index < 30; index += 1) {
      clock.now += 1000;
      await act(`e${index}`);
      await sendAll();
    }
    server.faults = Array.from({ length: 9 }, () => "before" as const);
    await act("unsent", [100]);
    const add = store.boxes.add.bind(store.boxes);
    let full = 1;
    store.boxes.add = (...given: Parameters<typeof add>) => {
      if (full-- > 0) throw new DOMException("", "QuotaExceededError");
      return add(...given);
    };
    await act("one more");
    store.boxes.add = add;
    const left = (await store.operations.toArray()).map((row) => row.seq).sort((a, b) => a - b);
    expect(left).toEqual([...Array.from({ length: 10 }, (_, index) => index + 21), 31, 32]);
    expect(await store.past.count()).toBe(20);
    while (await makeRoom());
    expect(await store.operations.count()).toBe(2);
    expect([await store.boxes.count(), await store.blobs.count()]).toEqual([2, 1]);
  });

  test("what the office has is not in the rescue package, which is for what it has not", async () => {
    await act("home", [100]);
    await sendAll();
    const empty = (await rescueZip()).size;
    await act("alone");
    expect((await rescueZip()).size).toBeGreaterThan(empty + 500);
    expect(empty).toBeLessThan(200);
  });
});

describe("files", () => {
  test("go smallest first, in parts, and on from where the server stands", async () => {
    await act("e1", [300_000, 500]);
    server.faults = [null, null, null, null, null, "after"]; // ops, status, bundle, the small one, one part, a part whose answer is lost
    await run(true);
    const parts = server.log.filter((line) => line.startsWith("PUT"));
    expect(new Set(parts.slice(1)).size).toBe(1);
    await untilHome();
    expect([...server.files.values()].every((file) => file.whole)).toBe(true);
    const puts = server.log.filter((line) => line.startsWith("PUT")).length;
    expect(puts).toBe(1 + Math.ceil(300_094 / 65_536) + 1); // the small one, the parts, and one told to go on elsewhere
  });

  test("keep the box of their operation until the last of them is in, however long that takes", async () => {
    await act("e1", [100, 300]);
    server.faults = [null, null, null, null, "before"]; // ops, status, bundle, one of them
    await run(true);
    clock.now += KEPT_MS + 1000;
    server.faults = ["before"];
    await run(true);
    expect([await store.boxes.count(), await store.blobs.count()]).toEqual([1, 2]);
    await untilHome();
    clock.now += KEPT_MS + 1000;
    await run(true);
    expect(await store.boxes.count()).toBe(0);
  });

  test("found forged are begun again once, then put aside", async () => {
    await act("e1", [100]);
    server.forges = 1;
    await sendAll();
    expect(await queue()).toMatchObject({ waitingFiles: 0, needsHelp: 0 });
    await act("e2", [140]);
    server.forges = 2;
    await sendAll();
    expect(await queue()).toMatchObject({
      waitingFiles: 0,
      needsHelp: 1,
      files: [{ problem: { code: "file_forged" } }],
    });
    expect(await store.blobs.count()).toBe(2); // the one that is home is kept for a week
  });
});

test("back-off doubles from one second to five minutes, for ever", () => {
  expect([0, 1, 2, 8, 9, 1000].map((tries) => backOff(tries, 0.5))).toEqual([
    1000, 2000, 4000, 256_000, 300_000, 300_000,
  ]);
});

test("one tab sends at a time", async () => {
  await act();
  await Promise.all([run(true), run(true)]);
  expect(server.log.filter((line) => line === "POST /ops")).toHaveLength(1);
});

test("a phone used by another courier sends what the first one left, as the first one", async () => {
  await act("e1");
  await store.devices.update((await store.device())?.device_id ?? "", { upload_token: "first" });
  const tokens: (string | null)[] = [];
  const fetch = server.fetch;
  outside.fetch = async (url, init) => {
    tokens.push(new Headers(init.headers).get("Authorization"));
    const response = await fetch(url, init);
    if (!url.endsWith("/sign-in")) return response;
    return Response.json(
      { ...((await response.json()) as object), device_id: "00000000-0000-4000-8000-000000000002" },
      { status: 201 },
    );
  };
  await signIn("buuta-khac", "mat khau");
  await setPin("246810");
  await sendAll();
  expect(tokens.at(-1)).toBe("Bearer first");
  expect(seqs()).toEqual([1]);
});

test("keeps what the office could not read for as long as the phone lives", async () => {
  await act("e1", [100]);
  server.results.incident = { result: "rejected", problem: { code: "operation_malformed", detail: "x" } };
  await sendAll();

  clock.now += KEPT_MS + 1000;
  await sendAll();

  expect(await store.operations.count()).toBe(1);
  expect(await store.boxes.count()).toBe(1);
});
