import { useId } from "preact/hooks";
import type { PaperForm, RequiredPaper, Tick as TickKind } from "../../types";
import { Choice, type Option, Problem, Tick } from "../kit/fields";
import { Notice } from "../kit/page";
import { type CollectForm, type Faults, missingOf, mustBeCertified, type Ticked, usual } from "./facts";

interface PapersProps {
  lines: RequiredPaper[];
  form: CollectForm;
  faults: Faults;
  onChange: (change: Partial<CollectForm>) => void;
}

/** Exactly the papers of the case: no line more, no free text (Decision 45/2016/QĐ-TTg). */
export function Papers({ lines, form, faults, onChange }: PapersProps) {
  const missing = missingOf(lines, form.papers);
  const set = (paper: RequiredPaper, given: Ticked) => onChange({ papers: { ...form.papers, [paper.line]: given } });
  return (
    <>
      {faults.papers && <Problem text={faults.papers} />}
      <div class="paper-lines">
        {lines.map((paper) => (
          <Line
            key={paper.line}
            paper={paper}
            given={form.papers[paper.line]}
            fault={faults[paper.line]}
            onGive={(given) => set(paper, given)}
          />
        ))}
      </div>
      {missing.length > 0 && (
        <>
          <Notice tone="wait" title={`Còn thiếu ${missing.length} giấy tờ`}>
            <ul class="plain">
              {missing.map((paper) => (
                <li key={paper.line}>
                  {paper.line}. {paper.name}
                </li>
              ))}
            </ul>
          </Notice>
          <Tick
            label="Vẫn nhận dù còn thiếu giấy tờ"
            hint="Chỉ khi người dân đồng ý gửi trước phần đã có."
            error={faults.inPart}
            checked={form.inPart}
            onTick={(inPart) => onChange({ inPart })}
          />
        </>
      )}
    </>
  );
}

interface LineProps {
  paper: RequiredPaper;
  given: Ticked | undefined;
  fault: string | undefined;
  onGive: (given: Ticked) => void;
}

function Line({ paper, given, fault, onGive }: LineProps) {
  const start = given ?? usual(paper);
  return (
    <div class="paper-line">
      <Choice
        label={`${paper.line}. ${paper.name}`}
        hint={asked(paper)}
        error={fault}
        columns={2}
        options={answers(paper)}
        value={given?.tick ?? ""}
        onChoose={(tick) => onGive({ ...start, tick: tick as TickKind })}
      />
      {given?.tick === "in_envelope" && <Counted paper={paper} given={given} onGive={onGive} />}
    </div>
  );
}

function answers(paper: RequiredPaper): Option[] {
  const all: (Option | false)[] = [
    { value: "in_envelope", label: "Có" },
    { value: "missing", label: "Thiếu" },
    paper.in_database && { value: "looked_up", label: "Tra cứu được" },
    paper.need === "if_any" && { value: "not_applicable", label: "Không có loại này" },
  ];
  return all.filter((option) => option !== false);
}

const MODES: Record<string, string> = { submit: "Nộp", present: "Xuất trình", declare: "Khai thông tin" };

function asked(paper: RequiredPaper): string {
  const parts = [
    mustBeCertified(paper) ? "Xuất trình: gửi bản chứng thực trong phong bì" : (MODES[paper.mode] ?? ""),
    paper.originals > 0 && `${paper.originals} bản chính`,
    paper.copies > 0 && `${paper.copies} bản sao`,
  ];
  return parts.filter(Boolean).join(" · ");
}

const FORMS: [PaperForm, string][] = [
  ["original", "Bản chính"],
  ["certified", "Bản chứng thực"],
  ["copy", "Bản sao"],
];

function Counted({ paper, given, onGive }: Omit<LineProps, "fault" | "given"> & { given: Ticked }) {
  const id = useId();
  return (
    <div class="paper-line__count">
      <label for={`${id}-form`}>
        Loại bản<span class="visually-hidden"> của dòng {paper.line}</span>
      </label>
      <span class="select">
        <select
          class="input"
          id={`${id}-form`}
          value={given.form}
          onChange={(event) => onGive({ ...given, form: event.currentTarget.value as PaperForm })}
        >
          {FORMS.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </span>
      <label for={`${id}-count`}>
        Số bản<span class="visually-hidden"> của dòng {paper.line}</span>
      </label>
      <input
        class="input"
        id={`${id}-count`}
        inputMode="numeric"
        autocomplete="off"
        value={given.count || ""}
        onInput={(event) => onGive({ ...given, count: Number(event.currentTarget.value.replace(/\D/g, "")) })}
      />
    </div>
  );
}
