import { expect, it } from "vitest";
import type { Errand, Stop } from "../../types";
import { actedAt, isFulfilled, newTime, saidOf } from "./outcome";

const errand = (more: Partial<Errand>): Errand =>
  ({ state: "under_way", local: null, closed: true, ...more }) as Errand;
const ABSENT = { outcome: "ABSENT", label: "Vắng nhà", at: "2026-12-01T01:12:00Z" };
const THURSDAY = { starts_at: "2026-12-03T00:00:00Z", ends_at: "2026-12-03T04:30:00Z" };
const wordsOf = (more: Partial<Errand>): string[] => saidOf(errand(more)).map((said) => said.words);

it("tells a new time with its day", () => {
  expect(newTime(errand({ again: THURSDAY }))).toBe("Hẹn lại thứ Năm 3/12, 07:00–11:30");
});

it("calls a visit that failed today by its reason, though it is booked anew", () => {
  expect(wordsOf({ state: "scheduled", today: ABSENT, again: THURSDAY })).toEqual(["Vắng nhà"]);
});

it("says besides the reason where the envelope waits now", () => {
  expect(wordsOf({ state: "held", today: ABSENT })).toEqual(["Vắng nhà", "Đang giữ tại bưu cục"]);
});

it("says of a visit that nobody tried that it has another day", () => {
  expect(wordsOf({ state: "scheduled", again: THURSDAY })).toEqual(["Đã chuyển ngày"]);
});

it("says nothing of one that is open", () => {
  expect(wordsOf({ state: "under_way" })).toEqual([]);
});

it("calls a door done only when all of it was done", () => {
  const done = { outcome: "DONE", label: null, at: ABSENT.at };
  const stop = (...errands: Errand[]): Stop => ({ done: true, errands }) as Stop;
  expect(isFulfilled(stop(errand({ state: "done", today: done })))).toBe(true);
  expect(isFulfilled(stop(errand({ state: "done", today: done }), errand({ today: ABSENT })))).toBe(false);
});

it("knows when somebody last stood at a door, by this phone's own act too", () => {
  const own = { kind: "not_done", op_id: "1", state: "saved", at: "2026-12-01T02:00:00Z" } as const;
  expect(actedAt({ errands: [errand({ today: ABSENT }), errand({ local: own })] } as Stop)).toBe(own.at);
});
