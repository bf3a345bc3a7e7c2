import { expect, it } from "vitest";
import { countDown, hear, type Expected } from "./heard";

const [ONE, TWO, STRANGE] = ["RT473124829VN", "RT473124832VN", "RT123456785VN"];
const SAFE: Expected = {
  known: [
    { code: ONE, words: "Điểm 1 · Lê Mẫu" },
    { code: TWO, words: "Điểm 7 · Siu Thử" },
  ],
  chosen: [],
  others: "ask",
};

it("says the stop and the name of an envelope that is expected", () => {
  expect(hear("rt 473 124 832 vn", SAFE)).toEqual({ tone: "good", words: "Điểm 7 · Siu Thử", take: TWO });
});

it("takes none twice", () => {
  const again = hear(ONE, { ...SAFE, chosen: [ONE] });
  expect(again).toEqual({ tone: "again", words: "Điểm 1 · Lê Mẫu: đã quét rồi." });
});

it("tells a code of another place at once, and leaves it to the courier", () => {
  const heard = hear(STRANGE, SAFE);
  expect([heard.tone, heard.take, heard.ask]).toEqual(["wrong", undefined, STRANGE]);
  expect(heard.words).toContain("không có trong danh sách");
});

it("neither takes nor offers what is in the bag already", () => {
  const heard = hear(STRANGE, { ...SAFE, refuse: () => "đã ở trong túi." });
  expect(heard).toEqual({ tone: "wrong", words: `${STRANGE}: đã ở trong túi.` });
});

it("tells at once what is no code of an envelope", () => {
  expect(hear("TN-226436", SAFE)).toEqual({ tone: "wrong", words: "“TN-226436” không phải mã bưu gửi đúng." });
  expect(hear("RT473124828VN", SAFE).tone).toBe("wrong");
});

it("takes what nobody could expect: from a colleague nothing is known before", () => {
  const heard = hear(ONE, { known: [], chosen: [], others: "take", name: () => "Điểm 3 · Mẫu" });
  expect(heard).toEqual({ tone: "good", words: "Điểm 3 · Mẫu", take: ONE });
});

it("counts what is in the bag but in no book, and says so", () => {
  const heard = hear(STRANGE, { ...SAFE, others: "count" });
  expect([heard.tone, heard.take]).toEqual(["wrong", STRANGE]);
});

it("counts down to the last one", () => {
  expect(countDown(SAFE)).toBe("Còn 2 trên 2");
  expect(countDown({ ...SAFE, chosen: [ONE, STRANGE] })).toBe("Còn 1 trên 2");
  expect(countDown({ ...SAFE, chosen: [ONE, TWO] })).toBe("Đủ 2 trên 2");
  expect(countDown({ known: [], chosen: [ONE] })).toBe("Đã quét 1");
});
