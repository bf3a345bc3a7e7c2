import { t, forOffice } from "../../language/sentences";
import type { Bundle, Errand, FileKind, OpenSlot, OutcomeChoice, WireStop } from "../../types";
import { twoApart } from "../door/calls";
import type { Pictures } from "../kit/draft";
import type { Faults } from "../kit/faults";
import { clock } from "../time";

export interface UndoneForm {
  texts: Record<string, string>;
  lines: string[]; // "<dossier id>/<line>"
  consent: boolean;
  slot?: string; // the time agreed; "": the citizen chooses later; a form of before has none
}

export const EMPTY: UndoneForm = { texts: {}, lines: [], consent: false };

/** Who asked, and how: chosen, so that no name is typed. */
export const SAID: Record<string, string[]> = {
  asked_by: [forOffice("Chủ hồ sơ"), forOffice("Người nhà"), forOffice("Người khác")],
  channel: [forOffice("Nói tại nhà"), forOffice("Gọi điện thoại")],
};

export const choosesSlot = ({ code }: OutcomeChoice): boolean => code === "RESCHEDULED";

/** The times that may be agreed at this door, as they were free when the bundle came. */
export const slotsAt = (bundle: Bundle, stop: WireStop<unknown>): OpenSlot[] =>
  bundle.slots?.[stop.place.unit_code ?? ""] ?? [];

export const choicesFor = (outcomes: OutcomeChoice[], errand: Errand): OutcomeChoice[] =>
  outcomes.filter((outcome) => outcome.for.includes(errand.kind));

/** Which pictures an outcome demands; of a citizen's paper only with consent. */
export function picturesOf({ code, evidence }: OutcomeChoice, consent: boolean): FileKind[] {
  const kinds: FileKind[] = [];
  if (evidence.includes("gate_photo")) kinds.push("gate");
  if (evidence.includes("two_photos")) kinds.push("seal", "seal_other_side");
  if (evidence.includes("photo")) kinds.push(...photoOf(code, consent));
  return kinds;
}

function photoOf(code: string, consent: boolean): FileKind[] {
  if (code === "PAPERS_WRONG") return consent ? ["faulty_paper"] : [];
  return code === "REFUSED_ERROR" ? ["result_error"] : ["place"];
}

/** Without consent a picture of a paper is replaced by a note. */
export const noteInstead = ({ code, evidence }: OutcomeChoice, consent: boolean): boolean =>
  code === "PAPERS_WRONG" && !consent && !evidence.includes("note");

const ELSEWHERE = new Set(["gate_photo", "photo", "two_photos", "call", "two_calls", "fix", "ticked_list", "paper"]);

export const questionsOf = (outcome: OutcomeChoice, consent: boolean): string[] => [
  ...outcome.evidence.filter((key) => !ELSEWHERE.has(key)),
  ...(noteInstead(outcome, consent) ? ["note"] : []),
];

export const asksLines = ({ evidence }: OutcomeChoice): boolean =>
  evidence.includes("ticked_list") || evidence.includes("paper");

export const callsNeeded = ({ evidence }: OutcomeChoice): 0 | 1 | 2 =>
  evidence.includes("two_calls") ? 2 : evidence.includes("call") ? 1 : 0;

/** The calls that prove it: the first, or the first two far enough apart. */
export function callsThatCount(outcome: OutcomeChoice, calls: string[]): string[] {
  const needed = callsNeeded(outcome);
  if (needed === 2) return twoApart(calls) ?? [];
  return needed === 1 ? calls.slice(0, 1) : [];
}

export function undoneFaults(outcome: OutcomeChoice, form: UndoneForm, pictures: Pictures, calls: string[]): Faults {
  const unsaid = questionsOf(outcome, form.consent).filter((key) => !form.texts[key]?.trim());
  const unseen = picturesOf(outcome, form.consent).filter((kind) => !pictures[kind]);
  const faults: Faults = Object.fromEntries([
    ...unsaid.map((key) => [key, t("Chưa ghi mục này.")] as const),
    ...unseen.map((kind) => [kind, t("Chưa có ảnh này.")] as const),
  ]);
  if (choosesSlot(outcome) && form.slot === undefined) faults.slot = t("Xin chọn một giờ, hoặc chọn “Để sau”.");
  if (asksLines(outcome) && !form.lines.length) faults.lines = t("Xin đánh dấu ít nhất một giấy tờ.");
  if (callsThatCount(outcome, calls).length < callsNeeded(outcome)) faults.calls = CALLS[callsNeeded(outcome)];
  return faults;
}

const CALLS = { 0: "", 1: t("Cần một lần gọi."), 2: t("Cần hai lần gọi cách nhau ít nhất 10 phút.") };

type Evidence = Record<string, string | string[]>;

/** What the outcome demands, in the words of the operation: pictures travel as files. */
export function evidenceOf(
  outcome: OutcomeChoice,
  form: UndoneForm,
  calls: string[],
  fixed: { at: string; lines: string },
): Evidence {
  const said = questionsOf(outcome, form.consent).map((key) => [key, form.texts[key]?.trim() ?? ""]);
  const own: Record<string, string> = { ticked_list: fixed.lines, paper: fixed.lines, fix: fixed.at };
  const known = Object.entries(own).filter(([key]) => outcome.evidence.includes(key));
  const counted = callsThatCount(outcome, calls);
  const slot = choosesSlot(outcome) && form.slot ? { slot: form.slot } : {};
  const times = { [counted.length === 2 ? "two_calls" : "call"]: counted.map(clock).join(", "), calls: counted };
  return { ...Object.fromEntries([...said, ...known]), ...slot, ...(counted.length > 0 && times) } as Evidence;
}

const BY_POST = "direct_or_post";

export interface ListedLine {
  value: string;
  label: string;
  short: string;
}

/** The lines of the published lists that may be asked for when a dossier goes by post. */
export function linesAt(bundle: Bundle, errand: Errand): ListedLine[] {
  return errand.dossiers.flatMap((dossier) => {
    const procedure = bundle.procedures[dossier.procedure];
    const keys = new Set([...(procedure?.cases ?? []).flatMap((one) => one.options.map(({ key }) => key)), BY_POST]);
    const papers = procedure?.papers.filter((paper) => paper.case_keys.every((key) => keys.has(key))) ?? [];
    const before = errand.dossiers.length > 1 ? `${procedure?.name ?? ""}: ` : "";
    return papers.map(({ line, name }) => ({
      value: `${dossier.id}/${line}`,
      label: `${before}${line}. ${name}`,
      short: `${before}${line}`,
    }));
  });
}

export const linesInWords = (lines: ListedLine[], chosen: string[]): string =>
  lines
    .filter((line) => chosen.includes(line.value))
    .map((line) => line.short)
    .join(", ");
