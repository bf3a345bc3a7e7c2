import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plural, rich, shown, speakBy, t, forOffice } from "./sentences";

const ENGLISH = {
  "Gọi quầy {office}": "Call the counter of {office}",
  "{count} tệp": { one: "{count} file", other: "{count} files" },
  "Người nhà": "Somebody of the family",
  "Số {number} nhé": "No. {number}, please",
};

beforeEach(() => speakBy(ENGLISH, "en"));
afterEach(() => speakBy({}, "vi"));

describe("a sentence", () => {
  it("is said in the language of the phone, with what stands in its places", () => {
    expect(t("Gọi quầy {office}", { office: "{count} Ia Tô" })).toBe("Call the counter of {count} Ia Tô");
  });

  it("stays Vietnamese where the catalogue does not have it", () => {
    expect(t("Gọi")).toBe("Gọi");
  });

  it("counts as its language does", () => {
    expect([plural("{count} tệp", 1), plural("{count} tệp", 0), plural("{count} tệp", 12)]).toEqual([
      "1 file",
      "0 files",
      "12 files",
    ]);
  });

  it("counts in one form in Vietnamese", () => {
    speakBy({}, "vi");
    expect([plural("{count} tệp", 1), plural("{count} tệp", 2)]).toEqual(["1 tệp", "2 tệp"]);
  });

  it("that is told the office stays in its words, and is shown in the reader's", () => {
    const asked = forOffice("Người nhà");
    expect([asked, shown(asked), shown("typed by a hand")]).toEqual([
      "Người nhà",
      "Somebody of the family",
      "typed by a hand",
    ]);
  });

  it("takes parts of a page in its places", () => {
    expect(rich("Số {number} nhé", { number: 7 })).toEqual(["No. ", 7, ", please"]);
  });
});
