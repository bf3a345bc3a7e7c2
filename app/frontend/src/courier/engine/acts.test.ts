import { beforeEach, describe, expect, test } from "vitest";
import { actsOf, AlreadyRecorded, readActs, rivalOf, type Once } from "./acts";
import { refreshBundle } from "./bundle";
import { draft } from "./draft";
import { record } from "./record";
import { setPin, signIn } from "./session";
import { store } from "./store";
import { sendAll } from "./sync";
import { bundleOf, clock, errandOf, server, stopOf } from "./testing";

const PIN = "135790";
const TWO = [
  { id: "d1", procedure: "1@1", cases: [], result_title: null },
  { id: "d2", procedure: "1@1", cases: [], result_title: null },
];

beforeEach(async () => {
  server.bundle = bundleOf(server.key, [
    stopOf(1, errandOf("e1", { kind: "deliver" })),
    stopOf(2, errandOf("e2", { dossiers: TWO })),
  ]);
  await signIn("buuta-thu", "mat khau");
  await setPin(PIN);
  await refreshBundle();
});

const delivered = (round = 1) =>
  record("delivered", {
    errandId: "e1",
    payload: {
      ...{
        receiver_name: "Trần Thị Thử",
        receiver_relation: "self" as const,
        id_kind: "",
        id_last4: "",
        code: "246810",
      },
      ...{ seal_whole: true, parcels: [], scanned: true, thumbprint: false, witness: null, receipt: null },
    },
    round,
  });

const notDone = (errandId: string, round = 1, outcome = "ABSENT") =>
  record("not_done", { errandId, payload: { outcome, evidence: {}, consent: false }, round });

const collected = (dossier_id: string, label = "RT473124829VN", round = 1) =>
  record("collected", {
    errandId: "e2",
    payload: {
      ...{ dossier_id, procedure_version: "1@1", cases: [], papers: {}, in_part: false, label, seal: "NP0000001" },
      ...{ slips_signed: true, thumbprint: false, witness: null, receipt: null },
    },
    round,
  });

const ended = (route_id: number) =>
  record("run_ended", { payload: { route_id, bag: [], cash: 0, purses: { postage: 0, state_fee: 0 } } });
const acts = async () => actsOf(await readActs());

describe("an act is recorded once", () => {
  test("a delivery is refused the second time, and nothing of it is written", async () => {
    await delivered();
    await expect(delivered()).rejects.toThrow(AlreadyRecorded);
    expect([await store.operations.count(), await store.effects.count(), await store.boxes.count()]).toEqual([1, 1, 1]);
  });

  test("of two tabs that save at the same moment one wins", async () => {
    const both = await Promise.allSettled([delivered(), notDone("e1")]);
    expect(both.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
    await sendAll();
    expect(server.operations.size).toBe(1);
  });

  test("the refusal says when it was recorded", async () => {
    const first = await delivered();
    const fault = await delivered().catch((error: unknown) => error);
    expect((fault as AlreadyRecorded).at.getTime()).toBe(first.written_at);
  });

  test("papers of one dossier are taken once, those of the next one are not in its way", async () => {
    await collected("d1");
    await collected("d2", "RT473124830VN");
    await expect(collected("d1")).rejects.toThrow(AlreadyRecorded);
  });

  test("what was collected whole can't be called not done", async () => {
    await collected("d1");
    await collected("d2", "RT473124830VN");
    await expect(notDone("e2")).rejects.toThrow(AlreadyRecorded);
  });

  test("what was collected in part can", async () => {
    await collected("d1");
    await notDone("e2");
    expect(await store.operations.count()).toBe(2);
  });

  test("a run ends once, and another one may end after it", async () => {
    await ended(11);
    await expect(ended(11)).rejects.toThrow(AlreadyRecorded);
    await ended(12);
    expect(await store.operations.count()).toBe(2);
  });

  test("who comes back after 'not done' records a second visit of that day", async () => {
    await notDone("e1");
    await expect(delivered()).rejects.toThrow(AlreadyRecorded);
    await delivered(2);
    await expect(notDone("e1", 3)).rejects.toThrow(AlreadyRecorded);
  });

  test("what the office could not read may be told again", async () => {
    server.results.delivered = { result: "rejected", problem: { code: "operation_malformed", detail: "" } };
    await delivered();
    await sendAll();
    await delivered();
    expect(await store.operations.count()).toBe(2);
  });

  test("another day begins anew, and keeps nothing of the day before", async () => {
    await notDone("e1");
    server.bundle = { ...bundleOf(server.key, [stopOf(1, errandOf("e1", { kind: "deliver" }))]), day: "2026-12-02" };
    server.etag = 'W/"2"';
    await refreshBundle();
    await delivered();
    expect((await store.acts.toArray()).map((act) => act.kind)).toEqual(["delivered"]);
  });

  test("after a new sign-in on the same day it is still recorded, though its words can't be read", async () => {
    await delivered();
    await signIn("buuta-thu", "mat khau");
    await setPin(PIN);
    await refreshBundle();
    await expect(delivered()).rejects.toThrow(AlreadyRecorded);
    expect(await acts()).toMatchObject([{ kind: "delivered", said: null }]);
  });
});

describe("a recorded act is shown again", () => {
  test("with what was said, its state and its pictures", async () => {
    await delivered();
    const said = { receiver_name: "Trần Thị Thử" };
    expect(await acts()).toMatchObject([{ errand_id: "e1", round: 1, state: "saved", said, files: [] }]);
    await sendAll();
    expect(await acts()).toMatchObject([{ state: "received" }]);
  });

  test("its form ends in the same moment, with all its pictures, and no other form does", async () => {
    await draft.write("deliver:e1", { code: "2468" });
    await draft.write("deliver:e1:envelope", new Blob(["x"]));
    await draft.write("deliver:e9", { code: "1" });
    await record("delivered", {
      errandId: "e1",
      payload: {
        ...{ receiver_name: "", receiver_relation: "self", id_kind: "", id_last4: "", code: null, seal_whole: true },
        ...{ parcels: [], scanned: true, thumbprint: false, witness: null, receipt: null },
      },
      form: "deliver:e1",
    });
    expect((await store.drafts.toArray()).map((row) => row.key)).toEqual(["deliver:e9"]);
  });
});

test("hand-overs and incidents have no rival: the same envelope may go out and come back twice a day", () => {
  const told: Once & { op_id: string } = { op_id: "1", kind: "handed_over", errand_id: null, thing: null, round: 1 };
  expect(rivalOf(told, [told])).toBeNull();
});

test("an amendment is recorded beside its act, which stays as it was, and ends no errand", async () => {
  const act = await delivered();
  clock.now += 60_000;
  const changes = { receiver_name: "Lê Thị Mẫu" };
  await record("amended", { errandId: "e1", payload: { amends: act.op_id, why: "nghe nhầm", changes } });
  expect(await acts()).toMatchObject([
    { kind: "delivered", said: { receiver_name: "Trần Thị Thử" } },
    { kind: "amended", thing: act.op_id, said: { changes } },
  ]);
  await expect(delivered()).rejects.toThrow(AlreadyRecorded);
});
