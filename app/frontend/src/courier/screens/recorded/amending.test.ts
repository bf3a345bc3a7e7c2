import { expect, it } from "vitest";
import type { RecordedAct } from "../../engine";
import type { Bundle, OperationKind, Payloads } from "../../types";
import { amendFaults, changesOf, fieldsOf, isAmendable, isOurs, wordsNow } from "./amending";

const act = (kind: OperationKind, said: object, change: Partial<RecordedAct> = {}): RecordedAct => ({
  ...{ op_id: kind, kind, errand_id: "e", thing: null, round: 1, at: "2026-12-01T05:00:00Z", state: "saved" },
  ...{ said: said as Payloads[OperationKind], files: [] },
  ...change,
});
const GIVEN = act("delivered", { receiver_name: "Trần Thị Thử", receiver_relation: "self", id_kind: "", id_last4: "" });
const TAKEN = act("collected", { label: "RT600000014VN" });
const bag = (...codes: string[]) => ({ bag: codes.map((code) => ({ code })) }) as Bundle;

it("amends only what reads differently now", () => {
  const before = wordsNow(GIVEN, [GIVEN]);
  expect(changesOf(GIVEN, before, { receiver_name: "Lê Thị Mẫu ", receiver_relation: "self" })).toEqual({
    receiver_name: "Lê Thị Mẫu",
  });
  expect(changesOf(GIVEN, before, { receiver_name: "" })).toEqual({});
});

it("goes on from what was put right before", () => {
  const first = act("amended", { changes: { receiver_relation: "family" } }, { thing: "delivered" });
  expect(wordsNow(GIVEN, [GIVEN, first])).toMatchObject({ receiver_relation: "family", receiver_name: "Trần Thị Thử" });
});

it("never offers label, seal, envelopes, papers or money", () => {
  const all = [GIVEN, TAKEN, act("not_done", {})].flatMap(fieldsOf);
  expect(new Set(all)).toEqual(
    new Set(["receiver_relation", "receiver_name", "id_kind", "id_last4", "note", "outcome"]),
  );
  expect(isAmendable(act("handed_over", {}))).toBe(false);
});

it("is the courier's until the run has ended or the envelope left the bag", () => {
  expect(isOurs(TAKEN, [TAKEN], bag("RT600000014VN"))).toBe(true);
  expect(isOurs(TAKEN, [TAKEN], bag())).toBe(false);
  expect(isOurs(GIVEN, [GIVEN], bag())).toBe(true);
  expect(isOurs(GIVEN, [GIVEN, act("run_ended", {})], bag())).toBe(false);
});

it("asks for a change, a reason, and four characters", () => {
  expect(Object.keys(amendFaults({}, " "))).toEqual(["changes", "why"]);
  expect(Object.keys(amendFaults({ id_last4: "12" }, "nghe nhầm"))).toEqual(["id_last4"]);
});
