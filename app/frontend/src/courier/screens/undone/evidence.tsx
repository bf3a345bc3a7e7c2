import { shown, t } from "../../language/sentences";
import type { Bundle, Errand, FileKind, OpenSlot, OutcomeChoice } from "../../types";
import { secondCallFrom } from "../door/calls";
import { CallAndNote } from "../door/household";
import type { Pictures } from "../kit/draft";
import type { Faults } from "../kit/faults";
import { Choice, Many, Problem, TextField, Tick } from "../kit/fields";
import { Photo } from "../kit/photo";
import { ID_KINDS } from "../deliver/receiver";
import { clock, longDay, span } from "../time";
import { callsNeeded, linesAt, picturesOf, questionsOf, SAID, type UndoneForm } from "./facts";

const PHOTO: Partial<Record<FileKind, string>> = {
  gate: t("Chụp cổng nhà"),
  place: t("Chụp chỗ không đi được"),
  seal: t("Chụp niêm phong, mặt trước"),
  seal_other_side: t("Chụp niêm phong, mặt sau"),
  faulty_paper: t("Chụp giấy tờ chưa đúng"),
  result_error: t("Chụp chỗ sai trên kết quả"),
};

const MODE: Record<string, "numeric"> = { amount: "numeric" };

interface Part {
  outcome: OutcomeChoice;
  form: UndoneForm;
  faults: Faults;
  onChange: (change: Partial<UndoneForm>) => void;
}

/** What is chosen from a list; all else is typed. */
const OPTIONS: Record<string, { value: string; label: string }[]> = {
  id_kind: [...ID_KINDS, { value: "khong_co", label: t("Không có giấy tờ") }],
  ...Object.fromEntries(
    Object.entries(SAID).map(([key, said]) => [key, said.map((one) => ({ value: one, label: shown(one) }))]),
  ),
};

export function Questions({ bundle, outcome, form, faults, onChange }: Part & { bundle: Bundle }) {
  return (
    <>
      {questionsOf(outcome, form.consent).map((key) => {
        const put = (text: string) => onChange({ texts: { ...form.texts, [key]: text } });
        const asked = { label: bundle.evidence[key] ?? key, value: form.texts[key] ?? "", error: faults[key] };
        const options = OPTIONS[key];
        return options ? (
          <Choice key={key} {...asked} options={options} onChoose={put} />
        ) : (
          <TextField key={key} {...asked} mode={MODE[key] ?? "text"} onInput={put} />
        );
      })}
    </>
  );
}

/** "Another day": one of the times that were free this morning; the office confirms it when the phone's word arrives. */
export function Slots({ slots, form, faults, onChange }: Part & { slots: OpenSlot[] }) {
  const free = slots.map((slot) => ({ value: String(slot.id), label: `${longDay(slot.starts_at)}, ${span(slot)}` }));
  return (
    <Choice
      label={t("Hẹn lại lúc nào")}
      hint={t("Khi máy gửi được, bưu cục nhắn tin xác nhận. Nếu giờ này đã kín chỗ, người dân được mời chọn giờ khác.")}
      options={[...free, { value: "", label: t("Để sau: người dân tự chọn qua tin nhắn") }]}
      value={form.slot ?? "unchosen"}
      error={faults.slot}
      onChoose={(slot) => onChange({ slot })}
    />
  );
}

/** Only lines of the published list can be missing or wrong. */
export function Lines({ bundle, errand, form, faults, onChange }: Part & { bundle: Bundle; errand: Errand }) {
  return (
    <Many
      label={t("Giấy tờ nào")}
      error={faults.lines}
      options={linesAt(bundle, errand).map(({ value, label }) => ({ value, label }))}
      chosen={form.lines}
      onChoose={(chosen) => onChange({ lines: chosen })}
    />
  );
}

interface PhotoPart extends Part {
  pictures: Pictures;
  onPicture: (kind: FileKind, image: Blob | null) => void;
}

export function Photos({ outcome, form, faults, pictures, onChange, onPicture }: PhotoPart) {
  return (
    <>
      {outcome.code === "PAPERS_WRONG" && (
        <Tick
          label={t("Người dân đồng ý cho chụp giấy tờ này")}
          hint={t("Chỉ bộ phận một cửa có thẩm quyền được xem; xóa sau 30 ngày. Không đồng ý thì ghi chú thay ảnh.")}
          checked={form.consent}
          onTick={(consent) => {
            if (!consent) onPicture("faulty_paper", null);
            onChange({ consent });
          }}
        />
      )}
      {picturesOf(outcome, form.consent).map((kind) => (
        <Photo
          key={kind}
          label={PHOTO[kind] ?? t("Chụp ảnh")}
          error={faults[kind]}
          image={pictures[kind] ?? null}
          onTake={(image) => onPicture(kind, image)}
        />
      ))}
    </>
  );
}

interface CallsProps {
  outcome: OutcomeChoice;
  errand: Errand;
  fault: string | undefined;
}

/** Pressing the call button writes down the time; there is no typing in of calls. */
export function Calls({ outcome, errand, fault }: CallsProps) {
  const needed = callsNeeded(outcome);
  if (!needed) return null;
  return (
    <div class={fault ? "field has-error" : "field"}>
      <p class="field__label">{needed === 2 ? t("Hai lần gọi, cách nhau ít nhất 10 phút") : t("Một lần gọi")}</p>
      {fault && <Problem text={fault} />}
      <CallAndNote phone={errand.phone} name={errand.name} role="" errandId={errand.id} whom="applicant" />
      <p role="status">{calledInWords(errand.called, needed)}</p>
    </div>
  );
}

function calledInWords(calls: string[], needed: number): string {
  if (!calls.length) return t("Chưa gọi lần nào từ máy này.");
  const second = needed === 2 ? secondCallFrom(calls) : null;
  const called = t("Đã gọi lúc {times}.", { times: calls.map(clock).join(", ") });
  return second ? `${called} ${t("Gọi lại từ {time}.", { time: clock(second) })}` : called;
}
