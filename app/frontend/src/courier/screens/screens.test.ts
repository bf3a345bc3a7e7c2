import { describe, expect, it } from "vitest";
import type { Bundle, Errand, OutcomeChoice, Procedure, Queue, RequiredPaper, Stop, WireStop } from "../types";
import { EMPTY, linesOf, paperFaults, usual, type Visit } from "./collect/facts";
import { deliverFaults, EMPTY as DELIVERY, expectedName, needsId, receivedBy, triedWith } from "./deliver/facts";
import { SITUATIONS, situationsFor } from "./help/situations";
import { DRAWINGS } from "./help/pictures";
import { shortly } from "./line";
import { expectation, legWords, mapLink } from "./day/stop-facts";
import type { Arrival } from "./day/way";
import { secondCallFrom, twoApart } from "./door/calls";
import { moneyFaults, receiptOf } from "./kit/money";
import { signingFaults } from "./kit/signing";
import { read } from "./place";
import { ago } from "./time";
import { EMPTY as UNDONE, evidenceOf, picturesOf, questionsOf, slotsAt, undoneFaults } from "./undone/facts";

const PAPER: RequiredPaper = {
  line: 1,
  name: "Tờ khai",
  originals: 1,
  copies: 0,
  mode: "submit",
  need: "always",
  case_keys: [],
  certified_by_post: false,
  in_database: false,
};
const SHOWN: RequiredPaper = { ...PAPER, line: 9, mode: "present", certified_by_post: true };
const QUOTE = [{ kind: "postage", amount: 26_000, upper: 30_000 } as const];

function visit(papers: RequiredPaper[], errand: Partial<Errand>): Visit {
  const procedure = { papers, cases: [], carries_copy: false } as unknown as Procedure;
  const dossier = { id: "d", procedure: "p@1", cases: [], result_title: null };
  return { errand: { kind: "collect", papers_due: [], ...errand } as Errand, dossier, procedure };
}

describe("papers at the door", () => {
  it("are exactly the published lines of the case, by post", () => {
    const online = { ...PAPER, line: 2, case_keys: ["online_only"] };
    const byPost = { ...PAPER, line: 3, case_keys: ["direct_or_post"] };
    const proxy = { ...PAPER, line: 4, case_keys: ["proxy"] };
    const lines = (cases: string[]) => linesOf(visit([PAPER, online, byPost, proxy], {}), cases).map((one) => one.line);
    expect(lines([])).toEqual([1, 3]);
    expect(lines(["proxy"])).toEqual([1, 3, 4]);
  });

  it("on the return leg are the originals still due, and no other", () => {
    const due = [{ dossier_id: "d", lines: [9] }];
    expect(linesOf(visit([PAPER, SHOWN], { kind: "deliver", papers_due: due }), []).map((one) => one.line)).toEqual([
      9,
    ]);
  });

  it("need one tap each: form and number are there already", () => {
    expect(usual(PAPER)).toEqual({ tick: "in_envelope", form: "original", count: 1 });
    expect(usual(SHOWN).form).toBe("certified");
    expect(usual({ ...SHOWN, mode: "submit" }).form).toBe("certified");
    expect(paperFaults([PAPER], { ...EMPTY, papers: { 1: usual(PAPER) } })).toEqual({});
  });

  it("go as a certified copy where the original stays with its owner", () => {
    const papers = { 9: { ...usual(SHOWN), form: "original" as const } };
    expect(paperFaults([SHOWN], { ...EMPTY, papers })[9]).toContain("bản chứng thực");
  });

  it("are taken in part only when that is ticked", () => {
    const papers = { 1: usual(PAPER), 9: { ...usual(SHOWN), tick: "missing" as const } };
    expect(Object.keys(paperFaults([PAPER, SHOWN], { ...EMPTY, papers }))).toEqual(["inPart"]);
    expect(paperFaults([PAPER, SHOWN], { ...EMPTY, papers, inPart: true })).toEqual({});
  });
});

describe("money at the door", () => {
  it("never exceeds the upper value that was shown", () => {
    expect(moneyFaults(QUOTE, { pay: "yes", amounts: { postage: "30000" } })).toEqual({});
    expect(moneyFaults(QUOTE, { pay: "yes", amounts: { postage: "30001" } }).postage).toContain("30.000");
  });

  it("is asked for, and has no receipt when nothing was taken", () => {
    expect(moneyFaults(QUOTE, { pay: "", amounts: {} }).pay).toBeDefined();
    expect(receiptOf(QUOTE, { pay: "no", amounts: {} }, "TN1")).toBeNull();
    expect(receiptOf(QUOTE, { pay: "yes", amounts: {} }, "TN1")?.parts).toEqual([{ kind: "postage", amount: 26_000 }]);
  });
});

describe("a visit that was not done", () => {
  const outcome = (code: string, evidence: string[]): OutcomeChoice => ({
    code,
    label: "",
    evidence,
    counts: false,
    for: ["collect"],
  });
  const FIXED = { at: "", lines: "1, 9" };

  it("needs two calls ten minutes apart, not two in a row", () => {
    const calls = ["2026-11-25T01:00:00.000Z", "2026-11-25T01:09:59.000Z"];
    expect(twoApart(calls)).toBeNull();
    expect(twoApart([...calls, "2026-11-25T01:10:00.000Z"])).toEqual([calls[0], "2026-11-25T01:10:00.000Z"]);
    const noContact = outcome("NO_CONTACT", ["two_calls"]);
    expect(undoneFaults(noContact, UNDONE, {}, calls).calls).toBeDefined();
    const evidence = evidenceOf(noContact, UNDONE, ["2026-11-25T01:00:00.000Z", "2026-11-25T01:10:00.000Z"], FIXED);
    expect(evidence).toEqual({
      two_calls: "08:00, 08:10",
      calls: ["2026-11-25T01:00:00.000Z", "2026-11-25T01:10:00.000Z"],
    });
  });

  it("names the minute from which the second call counts, until it was made", () => {
    const first = "2026-11-25T01:00:00.000Z";
    expect(secondCallFrom([first])).toBe(Date.parse("2026-11-25T01:10:00.000Z"));
    expect(secondCallFrom([first, "2026-11-25T01:10:00.000Z"])).toBeNull();
    expect(secondCallFrom([])).toBeNull();
  });

  it("sends the time that was agreed at the door with who asked for another day", () => {
    const another = outcome("RESCHEDULED", ["asked_by", "channel"]);
    const texts = { asked_by: "Chủ hồ sơ", channel: "Nói tại nhà" };
    expect(undoneFaults(another, { ...UNDONE, texts }, {}, []).slot).toBeDefined();
    expect(undoneFaults(another, { ...UNDONE, texts, slot: "" }, {}, [])).toEqual({});
    expect(evidenceOf(another, { ...UNDONE, texts, slot: "12" }, [], FIXED)).toEqual({ ...texts, slot: "12" });
  });

  it("offers the free times of the door's own commune, none where an older server tells none", () => {
    const stop = { place: { unit_code: "23638" } } as WireStop<unknown>;
    const slot = { id: 12, starts_at: "2026-11-26T00:00:00Z", ends_at: "2026-11-26T04:30:00Z" };
    expect(slotsAt({ slots: { "23638": [slot], "23639": [] } } as unknown as Bundle, stop)).toEqual([slot]);
    expect(slotsAt({} as Bundle, stop)).toEqual([]);
  });

  it("shows a citizen's paper with consent only; without it words stand in its place", () => {
    const wrong = outcome("PAPERS_WRONG", ["paper", "photo"]);
    expect(picturesOf(wrong, false)).toEqual([]);
    expect(questionsOf(wrong, false)).toEqual(["note"]);
    expect(picturesOf(wrong, true)).toEqual(["faulty_paper"]);
    expect(questionsOf(wrong, true)).toEqual([]);
  });

  it("demands both sides of a broken seal", () => {
    expect(Object.keys(undoneFaults(outcome("SEAL_BROKEN", ["two_photos"]), UNDONE, {}, []))).toEqual([
      "seal",
      "seal_other_side",
    ]);
  });
});

describe("the day", () => {
  const at = (time: string): number => Date.parse(`2026-12-01T${time}:00+07:00`);
  const coming = (arrives: string, starts = arrives, late = false): Arrival => ({
    leg: { metres: 475, seconds: 60, about: false },
    arrives: at(arrives),
    starts: at(starts),
    late,
  });
  const stop = { window: { starts_at: "2026-12-01T02:00:00Z", ends_at: "2026-12-01T04:00:00Z" } } as Stop;

  it("tells apart when the courier comes and when the household expects him", () => {
    expect(expectation(stop, coming("08:35", "09:00"))).toBe("Đến khoảng 08:35, hẹn từ 09:00 đến 11:00");
    expect(expectation(stop, coming("09:20"))).toBe("Hẹn 09:00–11:00 · đến khoảng 09:20");
    expect(expectation(stop, coming("11:20", "11:20", true))).toContain("sau giờ hẹn");
    expect(expectation({ window: null } as Stop, coming("09:20"))).toBe("Đến khoảng 09:20");
  });

  it("says how far the door is, in metres where it is near", () => {
    expect(legWords({ metres: 475, seconds: 60, about: false })).toBe("còn 480 m");
    expect(legWords({ metres: 3_260, seconds: 60, about: true })).toBe("còn khoảng 3,3 km");
    expect(legWords({ metres: 6, seconds: 1, about: true })).toBe("ngay cạnh");
  });

  it("tells an age as people say it", () => {
    const now = Date.parse("2026-11-25T02:00:00Z");
    expect(ago(now - 30_000, now)).toBe("vừa xong");
    expect(ago(now - 12 * 60_000, now)).toBe("12 phút trước");
    expect(ago(now - 3 * 3_600_000, now)).toBe("3 giờ trước");
  });

  it("is addressed by ids alone", () => {
    expect(read("#/nhan/e1/d1")).toEqual({ screen: "nhan", ids: ["e1", "d1"] });
    expect(read("")).toEqual({ screen: "", ids: [] });
  });
});

it("gives a result only when each of its envelopes was scanned or its code typed", async () => {
  const codes = ["RT600000014VN", "RT600000028VN"];
  const parcels = codes.map((code) => ({ code, purpose: "result", seal: "", holder: "courier" }));
  const errand = { parcels, proof: "id_check", quote: [], name: "" } as unknown as Errand;
  const faults = (given: string[]) => deliverFaults(errand, { ...DELIVERY, given }, {}, () => Promise.resolve(true));
  expect((await faults([])).given).toContain("RT600000014VN, RT600000028VN");
  expect((await faults(["RT600000014VN"])).given).toContain("RT600000028VN");
  expect((await faults(codes)).given).toBeUndefined();
});

it("counts each code that was put to the check, once", () => {
  const errand = { proof: "code" } as Errand;
  const tried = ["111111", "222222", "222222", "333333"].reduce<string[]>(
    (before, code) => triedWith(errand, { ...DELIVERY, code, tried: before }),
    [],
  );
  expect(tried).toEqual(["111111", "222222", "333333"]);
  expect(triedWith(errand, { ...DELIVERY, code: "", noCode: true, tried })).toEqual(tried);
});

describe("a thumbprint", () => {
  const pictures = { citizen_signature: new Blob(), witness_signature: new Blob() };
  const signed = { thumbprint: true, witness: "Nguyễn Thị Chứng Thử" };
  const faultsOf = (more: object): string[] =>
    Object.keys(signingFaults({ ...signed, ...more }, pictures, false, "Trần Thị Thử"));

  it("is given after the slip was read aloud", () => {
    expect(faultsOf({ independent: true })).toEqual(["readAloud"]);
  });

  it("is given before a witness of age who is not of the post", () => {
    expect(faultsOf({ readAloud: true })).toEqual(["independent"]);
  });

  it("with both and a named witness is whole", () => {
    expect(faultsOf({ readAloud: true, independent: true })).toEqual([]);
  });

  it("asks for neither of who can sign", () => {
    expect(signingFaults({ thumbprint: false, witness: "" }, pictures, false, "Trần Thị Thử")).toEqual({});
  });
});

it("has an organisation receive by the hand of somebody with a name and an office", () => {
  const errand = {
    name: "Hợp tác xã Thử",
    organisation: true,
    proof: "code",
    parcels: [],
    quote: [],
  } as unknown as Errand;
  const form = { ...DELIVERY, relation: "self" as const };
  const faultsOf = async (more: object): Promise<string[]> =>
    Object.keys(await deliverFaults(errand, { ...form, ...more }, {}, () => Promise.resolve(true)));
  expect(receivedBy(errand, form).receiver_name).toBe("");
  return Promise.all([
    expect(faultsOf({})).resolves.toEqual(expect.arrayContaining(["name", "role"])),
    expect(faultsOf({ name: "hợp tác xã thử", role: "Kế toán" })).resolves.toContain("name"),
    expect(faultsOf({ name: "Trần Thị Thử", role: "Kế toán" })).resolves.not.toContain("name"),
  ]);
});

it("expects whom the citizen named, by the relation that was told", () => {
  const errand = { name: "Trần Thị Thử", receiver: { name: "Siu Thử Nhận", relation: "family" } } as Errand;
  expect(["self", "family", "authorised"].map((one) => expectedName(errand, one))).toEqual(["", "Siu Thử Nhận", ""]);
  expect(expectedName({ ...errand, receiver: null }, "family")).toBe("");
});

it("takes a signature over for the same person alone, however the name is written", () => {
  const signed = { thumbprint: false, witness: "", taken: { op_id: "1", name: "Trần Thị Thử" } };
  const faultsFor = (name: string): string[] =>
    Object.keys(signingFaults(signed, { citizen_signature: new Blob() }, false, name));
  expect(faultsFor(" trần thị  Thử")).toEqual([]);
  expect(faultsFor("Lê Văn Mẫu")).toEqual(["citizen_signature"]);
});

it("ends the form of every act in the act's own transaction", () => {
  const sources = import.meta.glob<string>("./**/*.tsx", { query: "?raw", import: "default", eager: true });
  const forms = Object.entries(sources).filter(([, source]) => /use(Form|Draft)\b/.test(source));
  expect(forms.length).toBeGreaterThan(5);
  expect(forms.filter(([, source]) => /\brecord\(|draft\.drop/.test(source)).map(([file]) => file)).toEqual([]);
});

describe("help", () => {
  it("has a picture and a next step for every situation", () => {
    expect(SITUATIONS.filter(({ id, steps }) => !DRAWINGS[id] || steps.length < 3)).toEqual([]);
    expect(Object.keys(DRAWINGS).length).toBe(SITUATIONS.length);
  });

  it.each([
    ["diem", "vang-nha"],
    ["chua-duoc", "vang-nha"],
    ["nhan", "thieu-giay"],
    ["nhan", "khong-biet-chu"],
    ["tra", "niem-phong"],
    ["tui", "niem-phong"],
    ["hom-nay", "het-gio"],
    ["cho-gui", "mat-mang"],
    ["mo-khoa", "mat-may"],
    ["vi-tri", "tai-nan"],
  ])("from %s tells of %s first, and hides none", (screen, id) => {
    const { here, others } = situationsFor(screen);
    expect(here.map((one) => one.id)).toContain(id);
    expect(here.length + others.length).toBe(SITUATIONS.length);
  });
});

describe("the bar in big type", () => {
  const QUIET = { full: false, needsHelp: 0, waiting: 0, waitingFiles: 0, trouble: null } as unknown as Queue;

  it("says the one thing that matters most", () => {
    expect(shortly(QUIET)).toBe("Đã gửi hết");
    expect(shortly({ ...QUIET, trouble: { why: "no_line", detail: "" } })).toBe("Mất mạng");
    expect(shortly({ ...QUIET, trouble: { why: "no_line", detail: "" }, waiting: 3 })).toBe("3 chờ gửi");
    expect(shortly({ ...QUIET, waiting: 3, full: true })).toBe("Máy đầy");
  });
});

describe("the phone's own map", () => {
  const stop = { place: { lat: 13.98, lon: 107.7 } } as unknown as Stop;

  it("opens with a pin, on phones of every make, and is told no name", () => {
    expect(mapLink(stop, "Mozilla/5.0 (Linux; Android 14)")).toBe("geo:13.98,107.7?q=13.98,107.7");
    expect(mapLink(stop, "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0)")).toBe("maps:?q=13.98,107.7");
  });
});

it("asks who is not on file for papers, whatever code they have", () => {
  const errand = { proof: "code", name: "Trần Thị Thử" } as Errand;
  const body = { ...errand, organisation: true } as Errand;
  const asked = (of: Errand, form: Partial<typeof DELIVERY>) => needsId(of, { ...DELIVERY, code: "123456", ...form });
  expect(asked(errand, { relation: "self" })).toBe(false);
  expect(asked(body, { relation: "self", name: "Lê Văn Thử" })).toBe(false);
  expect(asked(errand, { relation: "family", name: "Lê Văn Thử" })).toBe(true);
  expect(asked(errand, { relation: "authorised", name: "Lê Văn Thử" })).toBe(true);
});
