import { describe, expect, it } from "vitest";
import type { Bundle, Errand, Stop } from "../../types";
import { EMPTY, linesOf, type Visit } from "../collect/facts";
import { stepsOf } from "../collect/steps";
import { wordsOf } from "./household";
import { firstTask, tasksOf } from "./tasks";

const errand = (id: string, more: Partial<Errand> = {}): Errand =>
  ({
    ...{ id, kind: "deliver", closed: false, collected: [], papers_due: [], dossiers: [{ id: `${id}-d` }], word: id },
    ...{ name: "Trần Thị Thử", phone: "0900000001", parcels: [{ code: `RT-${id}`, purpose: "result" }] },
    ...more,
  }) as unknown as Errand;
const bag = (...codes: string[]): Bundle =>
  ({ route: { started: true }, bag: codes.map((code) => ({ code })) }) as unknown as Bundle;

describe("the next thing to do at a door", () => {
  it("is to take the originals that are due, before the result is given", () => {
    const due = errand("e1", { papers_due: [{ dossier_id: "e1-d", lines: [2] }] });
    expect(tasksOf(bag("RT-e1"), due).map((task) => task.words)).toEqual(["Thu bản chính trước"]);
    expect(tasksOf(bag("RT-e1"), { ...due, collected: ["e1-d"] }).map((task) => task.words)).toEqual(["Trả kết quả"]);
  });

  it("is not a result that is not in the bag", () => {
    expect(tasksOf(bag(), errand("e1"))).toEqual([]);
    expect(firstTask(bag(), { errands: [errand("e1")] } as Stop)?.words).toBe("Nhận từ bưu cục");
  });

  it("goes on with the next errand of the household when the first is closed", () => {
    const stop = { errands: [errand("e1", { closed: true }), errand("e2")] } as Stop;
    expect(firstTask(bag("RT-e1", "RT-e2"), stop)?.to).toBe("#/tra/e2");
  });

  it("takes the dossiers of a collection one after the other", () => {
    const dossiers = [{ id: "a" }, { id: "b" }] as Errand["dossiers"];
    const one = errand("e1", { kind: "collect", dossiers, collected: ["a"], parcels: [] });
    expect(tasksOf(bag(), one).map((task) => task.to)).toEqual(["#/nhan/e1/b"]);
  });
});

describe("a visit for some papers", () => {
  const papers = [1, 2, 3].map((line) => ({ line, case_keys: line === 2 ? ["proxy"] : [] }));
  const procedure = { papers, cases: [{ key: "who", many: false, options: [] }] } as unknown as Visit["procedure"];
  const visit = (only_lines?: number[] | null): Visit => ({
    errand: errand("e1", { kind: "collect", only_lines, quote: [] } as Partial<Errand>),
    dossier: { id: "e1-d" } as Visit["dossier"],
    procedure,
  });
  const linesAt = (one: Visit): number[] => linesOf(one, []).map((paper) => paper.line);

  it("shows these alone, whatever the case", () => {
    expect(linesAt(visit([2]))).toEqual([2]);
  });

  it("is a visit for all of them where no line is named", () => {
    expect([linesAt(visit(null)), linesAt(visit())]).toEqual([
      [1, 3],
      [1, 3],
    ]);
  });

  it("asks no case: that was settled with the first envelope", () => {
    expect(stepsOf(visit([2]), [], EMPTY)[0]).toBe("papers");
    expect(stepsOf(visit(), [], EMPTY)[0]).toBe("cases");
  });
});

describe("the greeting", () => {
  it("is one word for one person, whatever there is to do", () => {
    expect(wordsOf([errand("hoa cúc"), errand("hoa sen")])).toEqual(["hoa cúc"]);
  });

  it("is a word for each where two people live at one door", () => {
    expect(wordsOf([errand("hoa cúc"), errand("hoa sen", { name: "Siu Thử", phone: "0900000002" })])).toHaveLength(2);
  });
});
