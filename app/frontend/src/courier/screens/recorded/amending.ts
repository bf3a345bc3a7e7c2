import type { RecordedAct } from "../../engine";
import { t } from "../../language/sentences";
import type { AmendableField, Bundle, OperationKind, Payloads } from "../../types";
import type { Faults } from "../kit/faults";

export type Words = Partial<Record<AmendableField, string>>;

/** What may be put right: words about the act, never label, seal, envelopes, papers or money. */
const FIELDS: Partial<Record<OperationKind, readonly AmendableField[]>> = {
  collected: ["note"],
  delivered: ["receiver_relation", "receiver_name", "id_kind", "id_last4", "note"],
  not_done: ["outcome", "note"],
};

export const fieldsOf = (act: RecordedAct): readonly AmendableField[] => FIELDS[act.kind] ?? [];

export const isAmendable = (act: RecordedAct): boolean => act.said !== null && fieldsOf(act).length > 0;

/** Until the counter has taken over: the run is not ended, and what was collected is still in the bag. */
export function isOurs(act: RecordedAct, acts: RecordedAct[], { bag }: Bundle): boolean {
  if (acts.some((one) => one.kind === "run_ended")) return false;
  const label = act.said && "label" in act.said ? act.said.label : null;
  return label === null || bag.some((parcel) => parcel.code === label);
}

export const amendmentsOf = (act: RecordedAct, acts: RecordedAct[]): RecordedAct[] =>
  acts.filter((one) => one.kind === "amended" && one.thing === act.op_id);

/** As it reads now: what was recorded, under what was put right since. */
export function wordsNow(act: RecordedAct, acts: RecordedAct[]): Words {
  const later = amendmentsOf(act, acts).map(({ said }) => (said as Payloads["amended"] | null)?.changes ?? {});
  return Object.assign({}, recordedWords(act), ...later) as Words;
}

function recordedWords({ said }: RecordedAct): Words {
  if (said && "receiver_name" in said) {
    const { receiver_name, receiver_relation, id_kind, id_last4 } = said;
    return { receiver_name, receiver_relation, id_kind, id_last4 };
  }
  if (!said || !("outcome" in said)) return {};
  const { note } = said.evidence;
  return { outcome: said.outcome, ...(typeof note === "string" && { note }) };
}

/** Only what reads differently now is an amendment; what was emptied stays as it was. */
export function changesOf(act: RecordedAct, before: Words, form: Words): Words {
  const changed = fieldsOf(act)
    .map((field) => [field, (form[field] ?? before[field] ?? "").trim()] as const)
    .filter(([field, text]) => text && text !== (before[field] ?? ""));
  return Object.fromEntries(changed);
}

export function amendFaults(changes: Words, why: string): Faults {
  const last4 = changes.id_last4;
  return {
    ...(!Object.keys(changes).length && { changes: t("Chưa sửa mục nào.") }),
    ...(last4 && !/^[0-9A-Z]{4}$/i.test(last4) && { id_last4: t("Cần đúng 4 ký tự cuối.") }),
    ...(!why.trim() && { why: t("Xin ghi ngắn gọn vì sao sửa.") }),
  };
}
