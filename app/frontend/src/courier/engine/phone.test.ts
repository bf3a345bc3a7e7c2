import { unzipSync } from "fflate";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { WireErrand } from "../types";
import { refreshBundle } from "./bundle";
import { draft } from "./draft";
import { memory } from "./memory";
import { nextLabel, nextReceipt, NoNumberLeft } from "./numbers";
import { s10 } from "./codes";
import { queueOf, readQueue } from "./queue";
import { record } from "./record";
import { rescueZip } from "./rescue";
import { lock, QueueNotEmpty, readSession, setPin, signIn, signOut, stateOf, unlock } from "./session";
import { store } from "./store";
import { sendAll } from "./sync";
import { bundleOf, clock, errandOf, picture, server, stopOf } from "./testing";
import { readToday, setOpenStop, todayOf } from "./today";

const PIN = "135790";

const today = async () => todayOf(await readToday());
const state = async () => stateOf(await readSession()).state;

async function startShift(): Promise<void> {
  server.bundle = bundleOf(server.key, [stopOf(1), stopOf(2), stopOf(3)]);
  await signIn("buuta-thu", "mat khau");
  await setPin(PIN);
  await refreshBundle();
}

/** As after a reload or a kill: nothing is left but the disk. */
function restart(): void {
  lock();
  Object.assign(memory, { pending: null, trying: false });
}

const collected = (errandId: string, label = "RT473124829VN") =>
  record("collected", {
    errandId,
    revisionSeen: 1,
    payload: {
      ...{ dossier_id: `${errandId}-d`, procedure_version: "1@1", cases: [], papers: {}, in_part: false },
      ...{ label, seal: "NP0000001", slips_signed: true, thumbprint: false, witness: null, receipt: null },
    },
    files: [
      { kind: "envelope", blob: picture(90_000) },
      { kind: "citizen_signature", blob: picture(800) },
    ],
  });

beforeEach(startShift);

describe("the PIN", () => {
  test("opens the day after a restart, without a network", async () => {
    restart();
    expect(await state()).toBe("locked");
    expect(await today()).toBeNull();
    server.faults = Array<"before">(20).fill("before");
    expect(await unlock(PIN)).toEqual({ ok: true, triesLeft: 5 });
    expect((await today())?.stops).toHaveLength(3);
    expect(await state()).toBe("open");
  });

  test("wrong five times, over restarts, erases the day and never the queue", async () => {
    await collected("e1");
    await draft.write("form", { half: "written" });
    for (const triesLeft of [4, 3, 2, 1, 0]) {
      restart();
      expect(await unlock("000000")).toEqual({ ok: false, triesLeft });
    }
    expect(await unlock(PIN)).toEqual({ ok: false, triesLeft: 0 });
    expect(await state()).toBe("signed_out");
    expect([await store.bundles.count(), await store.effects.count(), await store.drafts.count()]).toEqual([0, 0, 0]);
    expect([await store.operations.count(), await store.boxes.count(), await store.blobs.count()]).toEqual([1, 1, 2]);
    await sendAll();
    expect(server.operations.size).toBe(1);
  });

  test("right in between gives all tries back", async () => {
    await unlock("000000");
    await unlock(PIN);
    expect(await unlock("000000")).toEqual({ ok: false, triesLeft: 4 });
  });

  test("a try is counted before it is made, and two tabs share the count", async () => {
    const [one, other] = await Promise.all([unlock("000000"), unlock("111111")]);
    expect([one.triesLeft, other.triesLeft].sort()).toEqual([3, 4]);
  });

  test("is six digits", async () => {
    await signIn("buuta-thu", "mat khau");
    await expect(setPin("12345")).rejects.toThrow(TypeError);
  });

  test("nothing readable lies on the disk", async () => {
    server.bundle = bundleOf(server.key, [stopOf(1, errandOf("e1", { name: "Rơ Châm Bí Mật", phone: "0900000111" }))]);
    server.etag = 'W/"2"';
    await refreshBundle();
    await record("not_done", {
      errandId: "e1",
      payload: { outcome: "ABSENT", evidence: { note: "nhà Rơ Châm Bí Mật" }, consent: false },
    });
    const tables = await Promise.all(store.tables.map((table) => table.toArray() as Promise<unknown[]>));
    const decoder = new TextDecoder();
    const text = (_: string, value: unknown): unknown => (value instanceof Uint8Array ? decoder.decode(value) : value);
    const disk = JSON.stringify(tables, text);
    expect(disk).not.toContain("Bí Mật");
    expect(disk).not.toContain("0900000111");
    expect(disk).not.toContain("the-access-token");
  });
});

describe("the shift", () => {
  test("ended by the office, the next contact erases the day; what was written still goes home", async () => {
    await collected("e1");
    server.revoked = server.accessEnded = true;
    await sendAll();
    expect(server.operations.size).toBe(1);
    expect(await state()).toBe("signed_out");
    expect(await store.bundles.count()).toBe(0);
    expect((await readSession()).triesLeft).toBe(5);
  });

  test("nobody leaves while something is on the phone only", async () => {
    await collected("e1");
    await expect(signOut()).rejects.toThrow(QueueNotEmpty);
    await sendAll();
    await signOut();
    expect(await state()).toBe("signed_out");
    expect(server.log.at(-1)).toBe("POST /sign-out");
  });

  test("a sign-in goes on with the longer chain", async () => {
    await collected("e1");
    await signIn("buuta-thu", "mat khau");
    await setPin(PIN);
    const second = await collected("e2");
    expect(second.seq).toBe(2);
    await sendAll();
    const sent = [...server.operations.values()].map(({ op }) => op);
    expect(sent[1]?.previous).toBe(sent[0]?.hash);
  });
});

describe("an act", () => {
  test("lies on the disk with box, files and effect when it is said to be saved", async () => {
    const row = await collected("e1");
    restart();
    expect(await store.operations.get(row.op_id)).toMatchObject({ seq: 1, waits: 1, kept: 1, result: null });
    expect([await store.boxes.count(), await store.files.count(), await store.blobs.count()]).toEqual([1, 2, 2]);
    await unlock(PIN);
    const stop = (await today())?.stops[0];
    expect(stop?.done).toBe(true);
    expect(stop?.errands[0]).toMatchObject({ collected: ["e1-d"], local: { kind: "collected", state: "saved" } });
    expect((await today())?.bag).toEqual([
      { code: "RT473124829VN", purpose: "dossier", errand_id: "e1", reference: "e1" },
    ]);
  });

  test.each([
    ["supplement", { only_lines: [3] }],
    ["papers_due", { kind: "deliver" }],
  ] as const)("that sealed %s says so in the bag and at the door", async (purpose, change) => {
    server.bundle = bundleOf(server.key, [stopOf(1, errandOf("e1", change as Partial<WireErrand>))]);
    server.etag = 'W/"2"';
    await refreshBundle();
    await collected("e1");
    const shown = await today();
    expect([shown?.bag, shown?.stops[0]?.errands[0]?.parcels].map((all) => all?.map((one) => one.purpose))).toEqual([
      [purpose],
      [purpose],
    ]);
  });

  test("is written whole or not at all", async () => {
    const add = vi.spyOn(store.effects, "add").mockRejectedValueOnce(new Error("the disk is full"));
    await expect(collected("e1")).rejects.toThrow("the disk is full");
    add.mockRestore();
    const counts = await Promise.all(
      [store.operations, store.boxes, store.files, store.blobs].map((table) => table.count()),
    );
    expect(counts).toEqual([0, 0, 0, 0]);
    expect((await collected("e1")).seq).toBe(1);
  });

  test("many at once from two tabs make one chain without a gap", async () => {
    await Promise.all(Array.from({ length: 12 }, (_, index) => collected(`e${index}`)));
    const rows = (await store.operations.toArray()).sort((a, b) => a.seq - b.seq);
    expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    rows.slice(1).forEach((row, index) => {
      expect(row.previous).toBe(rows[index]?.hash);
    });
  });

  test("carries the offset of the last contact, measured in the middle of the call", async () => {
    server.skewMs = -90_000;
    const slow = server.fetch;
    const { outside } = await import("./outside");
    outside.elapsed = () => clock.now;
    outside.fetch = async (url, init) => {
      clock.now += 400;
      const response = await slow(url, init);
      clock.now += 400;
      return response;
    };
    await collected("e1");
    await sendAll();
    expect((await collected("e2")).offset_ms).toBe(-90_000);
  });
});

describe("numbers", () => {
  test("are given once, kept for a form that is opened again, and end", async () => {
    expect(await nextReceipt("e1")).toBe("TN00000051");
    expect(await nextReceipt("e2")).toBe("TN00000052");
    expect(await nextReceipt("e1")).toBe("TN00000051");
    restart();
    await unlock(PIN);
    expect(await nextReceipt("e3")).toBe("TN00000053");
    expect(await nextReceipt("e4")).toBe("TN00000080");
    await expect(nextReceipt("e5")).rejects.toThrow(NoNumberLeft);
  });

  test("used by an act, the next form at the same door gets a new one", async () => {
    const label = await nextLabel("e1");
    expect(label).toBe("RT473124829VN");
    await collected("e1");
    expect(await nextLabel("e1")).toBe("RT473124832VN");
  });

  test("follow the paper, once a label was scanned that this phone had not given", async () => {
    expect(await nextLabel("e1")).toBe(s10(47_312_482));
    await collected("e1", s10(60_000_007));
    expect(await nextLabel("e2")).toBe(s10(60_000_008));
    expect(await nextLabel("e3")).toBe(s10(60_000_009)); // e2 holds its own
    restart();
    await unlock(PIN);
    expect(await nextLabel("e2")).toBe(s10(60_000_008));
    await collected("e2", s10(60_000_008));
    await collected("e3", s10(60_000_009));
    expect(await nextLabel("e4")).toBe(s10(60_000_010));
  });

  test("do not follow a label of another post", async () => {
    await collected("e1", "RB473124829US");
    expect(await nextLabel("e2")).toBe(s10(47_312_482));
  });

  test("of one courier are not passed over because another one on this phone has higher ones", async () => {
    await store.numbers.put({ id: "label:8", next: 70_000_000, held: {} });
    expect(await nextLabel("e1")).toBe(s10(47_312_482));
  });

  test("go on where an app of before stood", async () => {
    await store.numbers.put({ id: "label", next: 47_312_490, held: { e1: 47_312_489 } });
    expect(await nextLabel("e1")).toBe(s10(47_312_489));
    expect(await nextLabel("e2")).toBe(s10(47_312_490));
  });
});

describe("a new bundle", () => {
  const change = (...stops: Parameters<typeof bundleOf>[1]): void => {
    server.bundle = bundleOf(server.key, stops);
    server.etag = `W/"${stops.length}${String(clock.now)}"`;
  };
  const ids = async () => (await today())?.stops.map((stop) => stop.id);

  test("brings the order and the numbers of the board, whatever is done or open here", async () => {
    await collected("e1");
    await setOpenStop(2);
    change(stopOf(9), stopOf(3), stopOf(2), stopOf(1));
    server.bundle?.stops.forEach((stop, index) => (stop.sequence = index + 1));
    await refreshBundle();
    expect(await ids()).toEqual([9, 3, 2, 1]);
    expect((await today())?.stops.map((stop) => stop.sequence)).toEqual([1, 2, 3, 4]);
  });

  const TRIED = { outcome: "ABSENT", label: "Vắng nhà", at: "2026-12-01T01:12:00Z" };
  const THURSDAY = { starts_at: "2026-12-03T00:00:00Z", ends_at: "2026-12-03T04:30:00Z" };

  test("that has given a failed visit another day leaves the door closed for today", async () => {
    await record("not_done", { errandId: "e1", payload: { outcome: "ABSENT", evidence: {}, consent: false } });
    await sendAll();
    clock.now += 1000;
    change(stopOf(1, errandOf("e1", { state: "scheduled", today: TRIED, again: THURSDAY })), stopOf(2), stopOf(3));
    await refreshBundle();
    const day = await today();
    expect(await store.effects.count()).toBe(0);
    expect(day?.stops.map((stop) => stop.done)).toEqual([true, false, false]);
    expect(day?.next).toBe(2);
  });

  test("says on a phone that never saw the act how it ended", async () => {
    change(stopOf(1, errandOf("e1", { state: "scheduled", today: TRIED, again: THURSDAY })), stopOf(2));
    await signIn("buuta-thu", "mat khau");
    await setPin(PIN);
    await refreshBundle();
    expect((await today())?.stops[0]).toMatchObject({ done: true, errands: [{ today: TRIED, again: THURSDAY }] });
  });

  test("closes a door that was given another day before anybody came", async () => {
    change(stopOf(1, errandOf("e1", { state: "scheduled", again: THURSDAY })), stopOf(2));
    await refreshBundle();
    expect((await today())?.next).toBe(2);
  });

  test("of an older office, which tells nothing of today's tries, goes on as before", async () => {
    change(stopOf(1, errandOf("e1", { state: "failed" })), stopOf(2));
    await refreshBundle();
    expect((await today())?.stops.map((stop) => stop.done)).toEqual([true, false]);
  });

  test("keeps a stop that left the route while it stood open, and says so", async () => {
    await today();
    await setOpenStop(2);
    change(stopOf(1), stopOf(3));
    await refreshBundle();
    expect((await today())?.stops.find((stop) => stop.id === 2)?.gone).toBe(true);
    await setOpenStop(null);
    change(stopOf(1), stopOf(3));
    server.etag = 'W/"other"';
    await refreshBundle();
    expect(await ids()).toEqual([1, 3]);
  });

  test("shows the courier's own act until it knows it itself", async () => {
    await collected("e1");
    clock.now += 1000;
    change(stopOf(1), stopOf(2));
    await refreshBundle();
    expect((await today())?.stops[0]?.done).toBe(true);
    await sendAll();
    clock.now += 1000;
    change(stopOf(1, errandOf("e1", { state: "done" })), stopOf(2));
    await refreshBundle();
    expect((await today())?.stops[0]).toMatchObject({ done: true, errands: [{ local: null, collected: [] }] });
    expect(await store.effects.count()).toBe(0);
  });

  test("of two dossiers the one taken stays ticked until both are", async () => {
    const errand = errandOf("e1");
    errand.dossiers.push({ id: "e1-x", procedure: "1@1", cases: [], result_title: null });
    change(stopOf(1, errand));
    await refreshBundle();
    await collected("e1");
    await sendAll();
    clock.now += 1000;
    await refreshBundle();
    expect((await today())?.stops[0]).toMatchObject({ done: false, errands: [{ collected: ["e1-d"], closed: false }] });
  });

  test("unchanged costs one small answer, and ages from then", async () => {
    clock.now += 60_000;
    await refreshBundle();
    expect(server.log.filter((line) => line === "GET /bundle")).toHaveLength(2);
    expect((await store.bundles.get("bundle"))?.asked_at).toBe(clock.now);
  });

  test("follows the courier's own order", async () => {
    await record("reordered", { payload: { route_id: 11, stops: [3, 1, 2] } });
    expect(await ids()).toEqual([3, 1, 2]);
    expect((await today())?.next).toBe(3);
    expect((await today())?.stops.map((stop) => stop.sequence)).toEqual([1, 2, 3]);
  });
});

test("a form in progress outlives a restart, pictures too, and only the PIN reads it", async () => {
  await draft.write("collect:e1", { seal: "NP0000009" });
  await draft.write("collect:e1:envelope", new Blob(["picture"], { type: "image/jpeg" }));
  restart();
  await expect(draft.read("collect:e1")).rejects.toThrow();
  await unlock(PIN);
  expect(await draft.read("collect:e1")).toEqual({ seal: "NP0000009" });
  expect(await (await draft.read<Blob>("collect:e1:envelope"))?.text()).toBe("picture");
  await draft.drop("collect:e1");
  expect(await draft.read("collect:e1")).toBeNull();
});

test("the rescue ZIP holds the very boxes the wire would carry", async () => {
  const row = await collected("e1");
  const zip = unzipSync(new Uint8Array(await (await rescueZip()).arrayBuffer()));
  const { ops } = JSON.parse(new TextDecoder().decode(zip["ops.json"])) as { ops: Record<string, unknown>[] };
  expect(ops).toHaveLength(1);
  expect(ops[0]).toMatchObject({ op_id: row.op_id, seq: 1, device_id: row.device_id, hash: row.hash });
  for (const sha256 of row.files) {
    const box = new Uint8Array(zip[`files/${sha256}`] ?? []);
    expect((await server.open(`file:${sha256}`, box)).length).toBeGreaterThan(0);
  }
  expect(queueOf(await readQueue())).toMatchObject({ waiting: 1, waitingFiles: 2 });
});
