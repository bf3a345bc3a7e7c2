import type { RecordedAct } from "../../engine";
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
    fact("Người nhận", said.receiver_name),
    fact("Là", said.receiver_role ? "Người của tổ chức" : RELATION[said.receiver_relation]),
    fact("Chức vụ", said.receiver_role),
    fact("Giấy tờ đã xem", said.id_kind && `${ID_KIND[said.id_kind] ?? said.id_kind}, 4 số cuối ${said.id_last4}`),
    fact("Mã nhận", said.code ? "đã ghi, bưu cục kiểm tra" : "không có mã"),
    fact("Bưu gửi", said.parcels.join(", ")),
    ...signed(said),
    fact("Thu tiền", paid(said.receipt)),
  ],
  collected: (said) => [
    fact("Bưu gửi", said.label),
    fact("Niêm phong", said.seal),
    fact("Giấy tờ", counted(said)),
    ...signed(said),
    fact("Thu tiền", paid(said.receipt)),
  ],
  not_done: (said, { outcomes, evidence }) => [
    fact("Lý do", outcomes.find((one) => one.code === said.outcome)?.label ?? said.outcome),
    ...Object.entries(said.evidence).map(([key, words]) => (words === "" ? null : asked(key, words, evidence))),
  ],
  handed_over: ({ parcels, giver, taker, note }) => [
    fact("Bên giao", HOLDER[giver.holder]),
    fact("Bên nhận", HOLDER[taker.holder]),
    fact("Bưu gửi", parcels.join(", ")),
    fact("Ghi chú", note),
  ],
  incident: ({ incident, parcel, note }) => [
    fact("Chuyện gì", INCIDENT[incident]),
    fact("Bưu gửi", parcel),
    fact("Kể lại", note),
  ],
  amended: ({ changes, why }, bundle) => [...newWords(changes, bundle), fact("Vì sao sửa", why)],
  run_ended: ({ bag, cash }) => [fact("Còn trong túi", `${bag.length} bưu gửi`), fact("Tiền đang giữ", money(cash))],
};

const NEW: Record<AmendableField, string> = {
  receiver_name: "Người nhận",
  receiver_relation: "Là",
  id_kind: "Giấy tờ đã xem",
  id_last4: "4 số cuối của giấy tờ",
  outcome: "Lý do",
  note: "Ghi chú",
};

/** What an amendment says now, each under the name of its line. */
function newWords(changes: Payloads["amended"]["changes"], { outcomes }: Bundle): (Fact | null)[] {
  const shown = (field: string, text: string): string => {
    if (field === "outcome") return outcomes.find((one) => one.code === text)?.label ?? text;
    return (field === "receiver_relation" ? RELATION[text] : field === "id_kind" ? ID_KIND[text] : null) ?? text;
  };
  return Object.entries(changes).map(([field, text]) => fact(NEW[field as AmendableField], shown(field, text)));
}

/** What was recorded, line by line, in the words of the form. */
export function factsOf({ kind, said, files }: RecordedAct, bundle: Bundle): Fact[] {
  const read = SAID[kind] as Facts<OperationKind> | undefined;
  const pictures = [...new Set(files.map((file) => FILE_KIND[file]))].join(", ");
  const facts = said && read ? read(said, bundle) : [];
  return [...facts, fact("Kèm theo", pictures)].filter((one): one is Fact => one !== null);
}

const signed = ({ witness, signed_with }: Pick<Payloads["collected"], "witness" | "signed_with">): (Fact | null)[] => [
  fact("Người làm chứng", witness),
  fact("Chữ ký", signed_with && "dùng chữ ký của việc vừa ghi trước đó ở điểm này"),
];

function paid(receipt: Receipt | null): string {
  if (!receipt) return "không thu";
  const parts = receipt.parts.map(({ kind, amount }) => `${CHARGE[kind] ?? kind} ${money(amount)}`);
  return `${parts.join(" · ")} · số ${receipt.number}`;
}

function counted({ papers }: Payloads["collected"]): string {
  const ticks = Object.values(papers).map((paper) => paper.tick);
  const missing = ticks.filter((tick) => tick === "missing").length;
  const inside = ticks.filter((tick) => tick === "in_envelope").length;
  return `${inside} loại trong phong bì${missing ? `, còn thiếu ${missing}` : ""}`;
}

/** The times of the calls are told in words beside their exact ones. */
function asked(key: string, words: string | string[], questions: Bundle["evidence"]): Fact | null {
  return typeof words === "string" ? fact(questions[key] ?? key, words) : null;
}
