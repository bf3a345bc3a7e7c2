import { t } from "../../language/sentences";
import type { Errand } from "../../types";
import type { Faults } from "../kit/faults";
import { Choice, type Option, TextField, Tick } from "../kit/fields";
import { Notice } from "../kit/page";
import { ID_KIND, RELATION } from "../words";
import { byPapers, type DeliverForm, expectedName, isOfBody, needsId } from "./facts";

export const ID_KINDS = Object.entries(ID_KIND).map(([value, label]) => ({ value, label }));

interface PartProps {
  errand: Errand;
  form: DeliverForm;
  faults: Faults;
  onChange: (change: Partial<DeliverForm>) => void;
}

/** Who receives, and by what right. */
export function Receiver({ errand, form, faults, onChange }: PartProps) {
  return (
    <>
      <Choice
        label={t("Người nhận là")}
        error={faults.relation}
        value={form.relation}
        onChoose={(relation) =>
          onChange({ relation: relation as DeliverForm["relation"], name: expectedName(errand, relation) })
        }
        options={relationsAt(errand)}
      />
      {form.relation && (form.relation !== "self" || errand.organisation) && (
        <TextField
          label={t("Họ tên người nhận")}
          hint={
            expectedName(errand, form.relation) && t("Người này được chỉ định trước. Xem giấy tờ có đúng tên không.")
          }
          error={faults.name}
          value={form.name}
          onInput={(name) => onChange({ name })}
        />
      )}
      {isOfBody(errand, form) && (
        <TextField
          label={t("Chức vụ")}
          hint={t("Ví dụ: giám đốc, kế toán, văn thư")}
          error={faults.role}
          value={form.role ?? ""}
          onInput={(role) => onChange({ role })}
        />
      )}
    </>
  );
}

function relationsAt(errand: Errand): Option[] {
  const { organisation, name } = errand;
  const hinted = (value: string): Option => ({
    value,
    label: RELATION[value] ?? "",
    ...(expectedName(errand, value) && { hint: expectedName(errand, value) }),
  });
  const authorised = hinted("authorised");
  if (organisation) return [{ value: "self", label: t("Người của tổ chức"), hint: name }, authorised];
  const own = { value: "self", label: RELATION.self ?? "", hint: name };
  return [own, hinted("family"), authorised];
}

/** The code is only checked for typos here: the office proves it. */
export function Proof({ errand, form, faults, onChange }: PartProps) {
  return (
    <>
      {byPapers(errand) ? (
        <Notice>
          <p>{t("Yêu cầu này xác nhận bằng giấy tờ tùy thân. Hôm sau bưu cục gọi lại để hỏi.")}</p>
        </Notice>
      ) : (
        <Code errand={errand} form={form} faults={faults} onChange={onChange} />
      )}
      {needsId(errand, form) && <Identity form={form} faults={faults} onChange={onChange} />}
    </>
  );
}

function Code({ errand, form, faults, onChange }: PartProps) {
  return (
    <>
      {!form.noCode && (
        <TextField
          label={t("Mã nhận 6 số")}
          hint={errand.proof === "slip" ? t("In trên phiếu để lại khi nhận hồ sơ") : t("Trong tin nhắn tối hôm trước")}
          mode="numeric"
          width="code"
          most={6}
          error={faults.code}
          value={form.code}
          onInput={(code) => onChange({ code: code.replace(/\D/g, "") })}
        />
      )}
      <Tick
        label={t("Không có mã, xem giấy tờ thay mã")}
        hint={t("Kết quả vẫn được trả; hôm sau bưu cục gọi lại để hỏi.")}
        checked={form.noCode}
        onTick={(noCode) => onChange({ noCode, code: "" })}
      />
    </>
  );
}

function Identity({ form, faults, onChange }: Omit<PartProps, "errand">) {
  return (
    <>
      <Choice
        label={t("Giấy tờ tùy thân đã xem")}
        error={faults.idKind}
        options={ID_KINDS}
        value={form.idKind}
        onChoose={(idKind) => onChange({ idKind })}
      />
      <TextField
        label={t("4 số cuối của giấy tờ")}
        hint={t("Không chụp, không ghi cả số.")}
        width="s"
        mode="numeric"
        most={4}
        error={faults.idLast4}
        value={form.idLast4}
        onInput={(idLast4) => onChange({ idLast4 })}
      />
    </>
  );
}
