import { useId } from "preact/hooks";
import { plural, t } from "../../language/sentences";
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
          <Notice tone="wait" title={plural("Còn thiếu {count} giấy tờ", missing.length)}>
            <ul class="plain">
              {missing.map((paper) => (
                <li key={paper.line}>
                  {paper.line}. {paper.name}
                </li>
              ))}
            </ul>
          </Notice>
          <Tick
            label={t("Vẫn nhận dù còn thiếu giấy tờ")}
            hint={t("Chỉ khi người dân đồng ý gửi trước phần đã có.")}
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
    { value: "in_envelope", label: t("Có") },
    { value: "missing", label: t("Thiếu") },
    paper.in_database && { value: "looked_up", label: t("Tra cứu được") },
    paper.need === "if_any" && { value: "not_applicable", label: t("Không có loại này") },
  ];
  return all.filter((option) => option !== false);
}

const MODES: Record<string, string> = { submit: t("Nộp"), present: t("Xuất trình"), declare: t("Khai thông tin") };

function asked(paper: RequiredPaper): string {
  if (mustBeCertified(paper))
    return [
      plural("{count} bản sao có chứng thực", paper.originals || paper.copies || 1),
      t("bản chính ở lại với chủ giấy tờ"),
    ].join(" · ");
  const parts = [
    MODES[paper.mode] ?? "",
    paper.originals > 0 && plural("{count} bản chính", paper.originals),
    paper.copies > 0 && plural("{count} bản sao", paper.copies),
  ];
  return parts.filter(Boolean).join(" · ");
}

const FORMS: [PaperForm, string][] = [
  ["original", t("Bản chính")],
  ["certified", t("Bản chứng thực")],
  ["copy", t("Bản sao")],
];

function Counted({ paper, given, onGive }: Omit<LineProps, "fault" | "given"> & { given: Ticked }) {
  const id = useId();
  return (
    <div class="paper-line__count">
      <label for={`${id}-form`}>
        {t("Loại bản")}
        <span class="visually-hidden"> {t("của dòng {line}", { line: paper.line })}</span>
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
        {t("Số bản")}
        <span class="visually-hidden"> {t("của dòng {line}", { line: paper.line })}</span>
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
