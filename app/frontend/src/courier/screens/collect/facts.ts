import { t } from "../../language/sentences";
import type { Bundle, CaseQuestion, Dossier, Errand, PaperForm, Procedure, RequiredPaper, Tick } from "../../types";
import type { Signed } from "../kit/signing";

const BY_POST = "direct_or_post";

export interface Ticked {
  tick: Tick;
  form: PaperForm;
  count: number;
}

/** The answers of a collection in progress; photos and signatures lie beside them. */
export interface CollectForm extends Signed {
  step: number;
  cases: string[] | null; // null: as the citizen said when booking
  papers: Record<string, Ticked>;
  inPart: boolean;
  slips: boolean;
  label: string;
  seal: string;
  pay: "" | "yes" | "no";
  amounts: Record<string, string>;
}

export const EMPTY: CollectForm = {
  step: 0,
  cases: null,
  papers: {},
  inPart: false,
  slips: false,
  label: "",
  seal: "",
  pay: "",
  amounts: {},
  thumbprint: false,
  witness: "",
};

export interface Visit {
  errand: Errand;
  dossier: Dossier;
  procedure: Procedure;
}

export type Faults = Record<string, string>;

export function visitOf(bundle: Bundle, errand: Errand, dossierId: string | undefined): Visit | null {
  const dossier = errand.dossiers.find((one) => one.id === dossierId);
  const procedure = dossier && bundle.procedures[dossier.procedure];
  return dossier && procedure ? { errand, dossier, procedure } : null;
}

/** Exactly the published lines of the case, or those of a visit for some; on the return leg, the originals still due. */
export function linesOf({ errand, dossier, procedure }: Visit, cases: string[]): RequiredPaper[] {
  if (errand.kind === "deliver") {
    const due = errand.papers_due.find((one) => one.dossier_id === dossier.id)?.lines ?? [];
    return procedure.papers.filter((paper) => due.includes(paper.line));
  }
  const only = errand.only_lines;
  if (only) return procedure.papers.filter((paper) => only.includes(paper.line));
  const chosen = new Set([...cases, BY_POST]);
  return procedure.papers.filter((paper) => paper.case_keys.every((key) => chosen.has(key)));
}

/** What is shown at a desk stays with its owner: by post a certified copy travels (app/domain/preparing.py). */
export const mustBeCertified = (paper: RequiredPaper): boolean => paper.mode !== "declare" && paper.certified_by_post;

export function usual(paper: RequiredPaper): Ticked {
  const form = mustBeCertified(paper) ? "certified" : !paper.originals && paper.copies ? "copy" : "original";
  return { tick: "in_envelope", form, count: Math.max(paper.originals + paper.copies, 1) };
}

export const unanswered = (questions: CaseQuestion[], cases: string[]): CaseQuestion[] =>
  questions.filter(({ many, options }) => !many && options.filter(({ key }) => cases.includes(key)).length !== 1);

export const missingOf = (lines: RequiredPaper[], papers: CollectForm["papers"]): RequiredPaper[] =>
  lines.filter((paper) => papers[paper.line]?.tick === "missing");

export function paperFaults(lines: RequiredPaper[], { papers, inPart }: CollectForm): Faults {
  const faults: Faults = {};
  for (const paper of lines) {
    const fault = lineFault(paper, papers[paper.line]);
    if (fault) faults[paper.line] = fault;
  }
  if (Object.keys(faults).length) return faults;
  if (!lines.some((paper) => papers[paper.line]?.tick === "in_envelope"))
    return {
      papers: t("Chưa có giấy tờ nào trong phong bì nên chưa thể nhận. Xin quay lại và chọn “Không làm được”."),
    };
  if (missingOf(lines, papers).length && !inPart)
    return { inPart: t("Còn thiếu giấy tờ. Nếu ông/bà đồng ý gửi trước phần đã có, xin đánh dấu ở đây.") };
  return faults;
}

function lineFault(paper: RequiredPaper, given: Ticked | undefined): string | null {
  if (!given) return t("Chưa trả lời dòng này.");
  if (given.tick !== "in_envelope") return null;
  if (given.count < 1 || given.count > 99) return t("Số bản từ 1 đến 99. Xin đếm lại.");
  if (mustBeCertified(paper) && given.form !== "certified")
    return t("Gửi qua bưu điện phải là bản chứng thực. Xin để bản chính lại cho chủ giấy tờ.");
  return null;
}
