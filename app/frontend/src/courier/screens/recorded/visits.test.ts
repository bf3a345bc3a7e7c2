import { expect, it } from "vitest";
import type { RecordedAct } from "../../engine";
import type { Bundle, Errand, OperationKind } from "../../types";
import { endedUndone, visitsAt, wasTriedElsewhere } from "./visits";

const act = (kind: OperationKind, errand_id = "e1"): RecordedAct => ({
  ...{ op_id: `${kind}-${errand_id}`, kind, errand_id, thing: null, round: 1, at: "2026-12-01T05:00:00Z" },
  ...{ state: "saved", said: null, files: [] },
});
const STARTED = { route: { started: true } } as Bundle;
const TRIED = {
  ...{ id: "e1", closed: true, state: "failed" },
  today: { outcome: "ABSENT", label: "Vắng nhà", at: "2026-12-01T01:12:00Z" },
} as Errand;

it("counts no telephone call among the visits of a door", () => {
  expect(visitsAt("e1", [act("called"), act("not_done"), act("not_done", "e2")])).toEqual([act("not_done")]);
});

it("offers a second visit after a call that followed a door which stayed shut", () => {
  const shut = act("not_done");
  expect(endedUndone(shut, [act("called"), shut, act("called"), act("amended")])).toBe(true);
  expect(endedUndone(shut, [shut, act("delivered")])).toBe(false);
});

it("offers one where another phone was before, though this one has called there since", () => {
  expect(wasTriedElsewhere(STARTED, TRIED, [act("called")])).toBe(true);
  expect(wasTriedElsewhere(STARTED, TRIED, [act("not_done")])).toBe(false);
});

it("offers none before the acts are read, before the run, or where it is over", () => {
  expect(wasTriedElsewhere(STARTED, TRIED, null)).toBe(false);
  expect(wasTriedElsewhere({ route: null } as Bundle, TRIED, [])).toBe(false);
  expect(wasTriedElsewhere(STARTED, { ...TRIED, state: "returned" }, [])).toBe(false);
});
