import { beforeEach, describe, expect, test } from "vitest";
import type { Receipt, WireCash } from "../types";
import { refreshBundle } from "./bundle";
import { layCash, pursesOf } from "./cash";
import { record } from "./record";
import { setPin, signIn } from "./session";
import { store } from "./store";
import { sendAll } from "./sync";
import { bundleOf, server, stopOf } from "./testing";
import { readToday, todayOf } from "./today";

const NONE = { postage: 0, state_fee: 0 };
const told = (change: Partial<WireCash> = {}): WireCash => ({
  ...{ receipts: [], handed_in: NONE, in_hand: NONE, earlier: NONE, counted: null, ceiling: 5_000_000 },
  ...change,
});

async function enter(): Promise<void> {
  await signIn("buuta-thu", "mat khau");
  await setPin("135790");
  await refreshBundle();
}

beforeEach(async () => {
  server.bundle = { ...bundleOf(server.key, [stopOf(1), stopOf(2)]), cash: told() };
  await enter();
});

const take = (errandId: string, receipt: Receipt | null) =>
  record("delivered", {
    errandId,
    payload: {
      ...{ receiver_name: "Trần Thị Thử", receiver_relation: "self", id_kind: "CCCD", id_last4: "0000", code: null },
      ...{ seal_whole: true, scanned: true, parcels: ["RT473124829VN"], thumbprint: false, witness: null, receipt },
    },
  });
const RECEIPT: Receipt = {
  number: "TN00000051",
  parts: [
    { kind: "postage", amount: 26_000 },
    { kind: "remittance", amount: 8_000 },
    { kind: "state_fee", amount: 50_000 },
  ],
};

const cash = async () => {
  const today = await todayOf(await readToday());
  if (!today) throw new Error("no bundle");
  return today.cash;
};

async function office(cash: WireCash | null): Promise<void> {
  server.bundle = { ...bundleOf(server.key, [stopOf(1), stopOf(2)]), ...(cash && { cash }) };
  server.etag = `"${crypto.randomUUID()}"`;
  await refreshBundle();
}

/** What the office makes of a receipt that has come. */
async function arrived(opId: string): Promise<void> {
  const receipt = { op_id: opId, number: RECEIPT.number, official: null, paid_at: "2026-12-01T03:00:00Z" };
  const sums = pursesOf(RECEIPT);
  await office(told({ receipts: [{ ...receipt, ...sums }], in_hand: sums }));
}

describe("the day's money", () => {
  test("is what the receipts say, in two purses", async () => {
    await take("e1", RECEIPT);
    expect((await cash()).in_hand).toEqual({ postage: 34_000, state_fee: 50_000 });
  });

  test("counts a receipt once, on the way and when it has arrived", async () => {
    const { op_id } = await take("e1", RECEIPT);
    await arrived(op_id); // the office has it, and its answer to the phone was lost
    expect((await cash()).receipts.map((one) => [one.number, one.sent])).toEqual([["TN00000051", true]]);
    await sendAll();
    await refreshBundle();
    expect((await cash()).in_hand).toEqual({ postage: 34_000, state_fee: 50_000 });
  });

  test("is told as sent as soon as it is, though the bundle does not know it yet", async () => {
    await take("e1", RECEIPT);
    expect((await cash()).receipts.map((one) => one.sent)).toEqual([false]);
    await sendAll();
    expect((await cash()).receipts.map((one) => one.sent)).toEqual([true]);
  });

  test("is the same after signing in again", async () => {
    const { op_id } = await take("e1", RECEIPT);
    await sendAll();
    await arrived(op_id);
    const before = await cash();
    await enter();
    expect(await cash()).toEqual(before);
  });

  test("says of how many acts it cannot read the money until they are sent", async () => {
    await take("e1", RECEIPT);
    await take("e2", null);
    expect((await cash()).unread).toBe(0);
    await store.effects.clear(); // as signing in does
    expect((await cash()).unread).toBe(2);
  });

  test("leaves out what the office has refused", async () => {
    const { op_id } = await take("e1", RECEIPT);
    await store.operations.update(op_id, { result: "rejected", waits: 0, answered_at: 1 });
    expect((await cash()).receipts).toEqual([]);
  });

  test("of an older server is what this phone has not sent", async () => {
    await office(null);
    await take("e1", RECEIPT);
    expect(await cash()).toMatchObject({ in_hand: { postage: 34_000, state_fee: 50_000 }, ceiling: null });
  });

  test("of yesterday that is still on its way is money of days before", () => {
    const effect = {
      kind: "delivered",
      errand_id: "e",
      op_id: "a",
      receipt: { number: "TN1", official: null, ...NONE, postage: 5 },
    } as const;
    const unknown = [{ op_id: "a", kind: "delivered", at: "2026-11-30T10:00:00Z", day: null, waits: true }] as const;
    const laid = layCash(told(), [...unknown], [effect], "2026-12-01");
    expect([laid.in_hand.postage, laid.earlier.postage]).toEqual([0, 5]);
  });

  test("as it was counted goes with the end of the run", async () => {
    const purses = { postage: 34_000, state_fee: 50_000 };
    await record("run_ended", { payload: { route_id: 11, bag: [], cash: 84_000, purses } });
    expect((await cash()).counted).toEqual(purses);
  });
});
