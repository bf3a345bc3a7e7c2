import { t } from "../../language/sentences";
import type { Errand, Payloads } from "../../types";
import { resultsOf } from "../door/errand-card";
import type { Pictures } from "../kit/draft";
import type { Faults } from "../kit/faults";
import { moneyFaults } from "../kit/money";
import { isSamePerson } from "../kit/signed-here";
import { type Signed, signingFaults } from "../kit/signing";

/** The answers of a delivery in progress. */
export interface DeliverForm extends Signed {
  given: string[]; // codes that were scanned or typed here
  sealWhole: boolean;
  relation: "" | "self" | "family" | "authorised";
  name: string;
  role?: string; // of who receives for an organisation
  code: string;
  tried: string[]; // each code that was put to the check of two digits
  noCode: boolean;
  idKind: string;
  idLast4: string;
  pay: "" | "yes" | "no";
  amounts: Record<string, string>;
}

export const EMPTY: DeliverForm = {
  given: [],
  sealWhole: false,
  relation: "",
  name: "",
  code: "",
  tried: [],
  noCode: false,
  idKind: "can_cuoc", // what nearly everybody shows; the scan of the envelope costs the tap that this saves
  idLast4: "",
  pay: "",
  amounts: {},
  thumbprint: false,
  witness: "",
};

/** A code is tried when the phone says whether it may be right: how many were, goes with the delivery. */
export const triedWith = (errand: Errand, { code, noCode, tried }: DeliverForm): string[] =>
  byPapers(errand) || noCode || !code || tried.includes(code) ? tried : [...tried, code];

export const byPapers = (errand: Errand): boolean => errand.proof === "id_check";

/** Papers are looked at when there is no code, and of everybody who is not on file, whatever code they have. */
export const needsId = (errand: Errand, form: DeliverForm): boolean =>
  byPapers(errand) || form.noCode || !isOnFile(errand, form);

/** Who asked, or somebody of the organisation that asked; while nobody is chosen yet nothing is wanted of anybody. */
const isOnFile = (errand: Errand, form: DeliverForm): boolean =>
  !form.relation ||
  (form.relation === "self" && (errand.organisation === true || isSamePerson(receiverOf(errand, form), errand.name)));

/** An organisation has no hands: somebody of it receives, and is named. */
export const isOfBody = (errand: Errand, form: DeliverForm): boolean =>
  errand.organisation === true && form.relation === "self";

/** The name that was given beforehand for a receiver of this kind; empty: nobody's. */
export const expectedName = ({ receiver }: Errand, relation: string): string =>
  receiver?.relation === relation ? receiver.name : "";

export const receiverOf = (errand: Errand, form: DeliverForm): string =>
  form.relation === "self" && !errand.organisation && !form.name ? errand.name : form.name.trim();

type Received = Pick<
  Payloads["delivered"],
  "receiver_name" | "receiver_relation" | "receiver_role" | "id_kind" | "id_last4"
>;

/** Whose hands it went into, and by what right, as it is told. */
export const receivedBy = (errand: Errand, form: DeliverForm): Received => ({
  receiver_name: receiverOf(errand, form),
  receiver_relation: form.relation || "self",
  ...(isOfBody(errand, form) && { receiver_role: form.role?.trim() ?? "" }),
  id_kind: needsId(errand, form) ? form.idKind : "",
  id_last4: form.idLast4.toUpperCase(),
});

export async function deliverFaults(
  errand: Errand,
  form: DeliverForm,
  pictures: Pictures,
  codeFits: (code: string) => Promise<boolean>,
): Promise<Faults> {
  const asksCode = !byPapers(errand) && !form.noCode;
  const codeWrong = asksCode && !(await codeFits(form.code));
  return {
    ...givenFaults(errand, form),
    ...receiverFaults(errand, form),
    ...(codeWrong && { code: form.code.trim() ? CODE_WRONG : CODE_MISSING }),
    ...(needsId(errand, form) && idFaults(form)),
    ...(byPapers(errand) && !pictures.envelope && { envelope: t("Chưa có ảnh phong bì còn niêm phong.") }),
    ...moneyFaults(errand.quote, form),
    ...signingFaults(form, pictures, false, receiverOf(errand, form)),
  };
}

function givenFaults(errand: Errand, form: DeliverForm): Faults {
  const left = resultsOf(errand).filter((parcel) => !form.given.includes(parcel.code));
  return left.length
    ? { given: t("Chưa quét hoặc gõ mã của {left}.", { left: left.map((one) => one.code).join(", ") }) }
    : {};
}

function receiverFaults(errand: Errand, form: DeliverForm): Faults {
  return {
    ...(!form.sealWhole && {
      sealWhole: t(
        "Xin cho người nhận xem niêm phong rồi đánh dấu. Nếu niêm phong đã rách, xin chọn “Không làm được”.",
      ),
    }),
    ...(!form.relation && { relation: t("Xin chọn người nhận là ai.") }),
    ...(form.relation && !receiverOf(errand, form) && { name: t("Chưa có họ tên người nhận.") }),
    ...(isOfBody(errand, form) && bodyFaults(errand, form)),
  };
}

function bodyFaults(errand: Errand, form: DeliverForm): Faults {
  return {
    ...(isSamePerson(form.name, errand.name) && { name: t("Xin ghi họ tên một người, không ghi tên tổ chức.") }),
    ...(!form.role?.trim() && { role: t("Chưa có chức vụ của người nhận.") }),
  };
}

const CODE_MISSING = t("Chưa gõ mã nhận 6 số. Nếu người nhận không có mã, xin chọn xem giấy tờ thay mã.");
const CODE_WRONG = t("Mã gõ chưa đúng. Xin hỏi lại từng số rồi gõ lại; nếu không có mã, xin chọn xem giấy tờ thay mã.");

function idFaults(form: DeliverForm): Faults {
  return {
    ...(!form.idKind && { idKind: t("Xin chọn loại giấy tờ đã xem.") }),
    ...(!/^[0-9A-Z]{4}$/i.test(form.idLast4) && { idLast4: t("Cần đúng 4 ký tự cuối.") }),
  };
}
