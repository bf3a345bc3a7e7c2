import { checkS10, checkSeal } from "../../engine";
import type { Payloads, Receipt, RequiredPaper } from "../../types";
import { type CollectForm, missingOf, type Visit } from "./facts";

interface Counted {
  visit: Visit;
  form: CollectForm;
  cases: string[];
  lines: RequiredPaper[];
}

/** Only the lines of the case: what was answered before the case changed is dropped. */
export function payloadOf({ visit, form, cases, lines }: Counted, receipt: Receipt | null): Payloads["collected"] {
  const papers = Object.fromEntries(
    lines.flatMap(({ line }) => {
      const given = form.papers[line];
      return given ? [[String(line), { ...given, count: Math.max(given.count, 1) }]] : [];
    }),
  );
  return {
    dossier_id: visit.dossier.id,
    procedure_version: visit.dossier.procedure,
    cases,
    papers,
    in_part: missingOf(lines, form.papers).length > 0,
    label: checkS10(form.label) ?? form.label,
    seal: checkSeal(form.seal) ?? form.seal,
    slips_signed: true,
    thumbprint: form.thumbprint,
    ...(form.thumbprint && { read_aloud: form.readAloud === true }),
    witness: form.thumbprint ? form.witness.trim() : null,
    receipt,
    ...(form.taken && { signed_with: form.taken.op_id }),
  };
}
