import type { Bundle, Errand, FileKind, OutcomeChoice } from "../../types";
import { minutesUntilSecond } from "../door/calls";
import { Call } from "../door/door";
import type { Pictures } from "../kit/draft";
import type { Faults } from "../kit/faults";
import { Choice, Many, Problem, TextField, Tick } from "../kit/fields";
import { Photo } from "../kit/photo";
import { ID_KINDS } from "../deliver/receiver";
import { clock } from "../time";
import { callsNeeded, linesAt, picturesOf, questionsOf, type UndoneForm } from "./facts";

const PHOTO: Partial<Record<FileKind, string>> = {
  gate: "Chụp cổng nhà",
  place: "Chụp chỗ không đi được",
  seal: "Chụp niêm phong, mặt trước",
  seal_other_side: "Chụp niêm phong, mặt sau",
  faulty_paper: "Chụp giấy tờ chưa đúng",
  result_error: "Chụp chỗ sai trên kết quả",
};

const MODE: Record<string, "numeric"> = { amount: "numeric" };

interface Part {
  outcome: OutcomeChoice;
  form: UndoneForm;
  faults: Faults;
  onChange: (change: Partial<UndoneForm>) => void;
}

export function Questions({ bundle, outcome, form, faults, onChange }: Part & { bundle: Bundle }) {
  const put = (key: string, text: string) => onChange({ texts: { ...form.texts, [key]: text } });
  return (
    <>
      {questionsOf(outcome, form.consent).map((key) =>
        key === "id_kind" ? (
          <Choice
            key={key}
            label={bundle.evidence[key] ?? key}
            options={[...ID_KINDS, { value: "khong_co", label: "Không có giấy tờ" }]}
            value={form.texts[key] ?? ""}
            error={faults[key]}
            onChoose={(kind) => put(key, kind)}
          />
        ) : (
          <TextField
            key={key}
            label={bundle.evidence[key] ?? key}
            mode={MODE[key] ?? "text"}
            error={faults[key]}
            value={form.texts[key] ?? ""}
            onInput={(text) => put(key, text)}
          />
        ),
      )}
    </>
  );
}

/** Only lines of the published list can be missing or wrong. */
export function Lines({ bundle, errand, form, faults, onChange }: Part & { bundle: Bundle; errand: Errand }) {
  return (
    <Many
      label="Giấy tờ nào"
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
          label="Người dân đồng ý cho chụp giấy tờ này"
          hint="Chỉ bộ phận một cửa có thẩm quyền được xem; xóa sau 30 ngày. Không đồng ý thì ghi chú thay ảnh."
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
          label={PHOTO[kind] ?? "Chụp ảnh"}
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
  calls: string[];
  fault: string | undefined;
}

/** Pressing the call button writes down the time; there is no typing in of calls. */
export function Calls({ outcome, errand, calls, fault, onCall }: CallsProps & { onCall: () => void }) {
  const needed = callsNeeded(outcome);
  if (!needed) return null;
  return (
    <div class={fault ? "field has-error" : "field"}>
      <p class="field__label">{needed === 2 ? "Hai lần gọi, cách nhau ít nhất 10 phút" : "Một lần gọi"}</p>
      {fault && <Problem text={fault} />}
      <Call phone={errand.phone} name={errand.name} role="" errandId={errand.id} onCall={onCall} />
      <p role="status">{calledInWords(calls, needed)}</p>
    </div>
  );
}

function calledInWords(calls: string[], needed: number): string {
  if (!calls.length) return "Chưa gọi lần nào từ máy này.";
  const wait = needed === 2 ? minutesUntilSecond(calls, Date.now()) : 0;
  return `Đã gọi lúc ${calls.map(clock).join(", ")}.${wait ? ` Gọi lần hai sau ${wait} phút nữa.` : ""}`;
}
