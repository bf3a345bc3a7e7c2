import { describe, expect, it } from "vitest";
import type { Stop } from "../../types";
import { calledInList, dueCalls, secondCallFrom } from "./calls";

const at = (time: string): string => `2026-12-01T${time}:00.000+07:00`;
const ms = (time: string): number => Date.parse(at(time));
const stop = (sequence: number, id: string, called: string[], closed = false): Stop =>
  ({ sequence, errands: [{ id, called: called.map(at), closed }] }) as unknown as Stop;

describe("the second call", () => {
  it("counts from ten minutes after the first", () => {
    expect(secondCallFrom([at("09:12")])).toBe(ms("09:22"));
  });

  it("is still to be made when both came too close", () => {
    expect(secondCallFrom([at("09:12"), at("09:20")])).toBe(ms("09:22"));
  });

  it("is due when its minute has come, by the number of the stop", () => {
    const stops = [stop(3, "e3", ["09:12"]), stop(4, "e4", ["09:15"])];
    expect(dueCalls(stops, ms("09:22"))).toEqual({
      due: [{ errandId: "e3", stop: 3, from: ms("09:22") }],
      next: ms("09:25"),
    });
  });

  it("is asked of nobody who was not called, was called twice, or whose door is closed", () => {
    const stops = [stop(1, "e1", []), stop(2, "e2", ["09:00", "09:10"]), stop(3, "e3", ["09:00"], true)];
    expect(dueCalls(stops, ms("10:00"))).toEqual({ due: [], next: null });
  });
});

describe("the list", () => {
  it("says when somebody was called, and from when again", () => {
    expect(calledInList({ called: [at("09:12")], closed: false })).toBe("đã gọi 09:12, gọi lại từ 09:22");
  });

  it("says no more of it after both calls than when they were", () => {
    expect(calledInList({ called: [at("09:12"), at("09:23")], closed: false })).toBe("đã gọi 09:12, 09:23");
  });
});
