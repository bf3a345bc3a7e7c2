import { expect, it } from "vitest";
import { backWords } from "./stop-facts";

const times = { at: "2026-12-01T03:05:00Z", leaves: "2026-12-01T03:20:00Z" };

it("sends the courier back to the office before the first door of a later trip", () => {
  expect(backWords({ back: { trip: 2, ...times } })).toBe("Về bưu cục lấy chuyến hai, 10:05–10:20");
  expect(backWords({ back: { trip: 3, ...times } })).toBe("Về bưu cục lấy chuyến ba, 10:05–10:20");
});

it("says nothing before the others, nor of a server that knows no trips", () => {
  expect(backWords({ back: null })).toBeNull();
  expect(backWords({})).toBeNull();
});
