import type { RecordedAct } from "../../engine";
import { plural, shown, t } from "../../language/sentences";
import type { AmendableField, Bundle, OperationKind, Payloads, Receipt } from "../../types";
import { CHARGE, FILE_KIND, HOLDER, ID_KIND, INCIDENT, money, RELATION } from "../words";

export interface Fact {
  name: string;
  words: string;
}

type Facts<K extends OperationKind> = (said: Payloads[K], bundle: Bundle) => (Fact | null)[];

const fact = (name: string, words: string | null | undefined): Fact | null => (words ? { name, words } : null);

const SAID: Partial<{ [K in OperationKind]: Facts<K> }> = {
  delivered: (said) => [
    fact(t("Người nhận"), said.receiver_name),
    fact(t("Là"), said.receiver_role ? t("Người của tổ chức") : RELATION[said.receiver_relation]),
    fact(t("Chức vụ"), said.receiver_role),
    fact(
      t("Giấy tờ đã xem"),
      said.id_kind &&
        t("{kind}, 4 số cuối {last4}", { kind: ID_KIND[said.id_kind] ?? said.id_kind, last4: said.id_last4 }),
    ),
    fact(t("Mã nhận"), said.code ? t("đã ghi, bưu cục kiểm tra") : t("không có mã")),
    fact(t("Bưu gửi"), said.parcels.join(", ")),
    ...signed(said),
    fact(t("Thu tiền"), paid(said.receipt)),
  ],
  collected: (said) => [
    fact(t("Bưu gửi"), said.label),
    fact(t("Niêm phong"), said.seal),
    fact(t("Giấy tờ"), counted(said)),
    ...signed(said),
    fact(t("Thu tiền"), paid(said.receipt)),
  ],
  not_done: (said, { outcomes, evidence }) => [
    fact(t("Lý do"), outcomes.find((one) => one.code === said.outcome)?.label ?? said.outcome),
    ...Object.entries(said.evidence).map(([key, words]) => (words === "" ? null : asked(key, words, evidence))),
  ],
  handed_over: ({ parcels, giver, taker, note }) => [
    fact(t("Bên giao"), HOLDER[giver.holder]),
    fact(t("Bên nhận"), HOLDER[taker.holder]),
    fact(t("Bưu gửi"), parcels.join(", ")),
    fact(t("Ghi chú"), note),
  ],
  incident: ({ incident, parcel, note }) => [
    fact(t("Chuyện gì"), INCIDENT[incident]),
    fact(t("Bưu gửi"), parcel),
    fact(t("Kể lại"), note),
  ],
  amended: ({ changes, why }, bundle) => [...newWords(changes, bundle), fact(t("Vì sao sửa"), why)],
  run_ended: ({ bag, cash }) => [
    fact(t("Còn trong túi"), plural("{count} bưu gửi", bag.length)),
    fact(t("Tiền đang giữ"), money(cash)),
  ],
};

const NEW: Record<AmendableField, string> = {
  receiver_name: t("Người nhận"),
  receiver_relation: t("Là"),
  id_kind: t("Giấy tờ đã xem"),
  id_last4: t("4 số cuối của giấy tờ"),
  outcome: t("Lý do"),
  note: t("Ghi chú"),
};

/** What an amendment says now, each under the name of its line. */
function newWords(changes: Payloads["amended"]["changes"], { outcomes }: Bundle): (Fact | null)[] {
  const named = (field: string, text: string): string => {
    if (field === "outcome") return outcomes.find((one) => one.code === text)?.label ?? text;
    return (field === "receiver_relation" ? RELATION[text] : field === "id_kind" ? ID_KIND[text] : null) ?? text;
  };
  return Object.entries(changes).map(([field, text]) => fact(NEW[field as AmendableField], named(field, text)));
}

/** What was recorded, line by line, in the words of the form. */
export function factsOf({ kind, said, files }: RecordedAct, bundle: Bundle): Fact[] {
  const read = SAID[kind] as Facts<OperationKind> | undefined;
  const pictures = [...new Set(files.map((file) => FILE_KIND[file]))].join(", ");
  const facts = said && read ? read(said, bundle) : [];
  return [...facts, fact(t("Kèm theo"), pictures)].filter((one): one is Fact => one !== null);
}

const signed = ({ witness, signed_with }: Pick<Payloads["collected"], "witness" | "signed_with">): (Fact | null)[] => [
  fact(t("Người làm chứng"), witness),
  fact(t("Chữ ký"), signed_with && t("dùng chữ ký của việc vừa ghi trước đó ở điểm này")),
];

function paid(receipt: Receipt | null): string {
  if (!receipt) return t("không thu");
  const parts = receipt.parts.map(({ kind, amount }) => `${CHARGE[kind] ?? kind} ${money(amount)}`);
  return t("{parts} · số {number}", { parts: parts.join(" · "), number: receipt.number });
}

function counted({ papers }: Payloads["collected"]): string {
  const ticks = Object.values(papers).map((paper) => paper.tick);
  const missing = ticks.filter((tick) => tick === "missing").length;
  const inside = ticks.filter((tick) => tick === "in_envelope").length;
  return missing
    ? plural("{count} loại trong phong bì, còn thiếu {missing}", inside, { missing })
    : plural("{count} loại trong phong bì", inside);
}

/** The times of the calls are told in words beside their exact ones. */
function asked(key: string, words: string | string[], questions: Bundle["evidence"]): Fact | null {
  return typeof words === "string" ? fact(questions[key] ?? key, shown(words)) : null;
}
