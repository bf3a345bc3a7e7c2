import { t } from "../../language/sentences";
import type { CaseQuestion } from "../../types";
import { Choice, Many } from "../kit/fields";

interface CasesProps {
  questions: CaseQuestion[];
  cases: string[];
  open: CaseQuestion[]; // what the courier tried to pass without an answer
  onChoose: (cases: string[]) => void;
}

/** The case of the procedure comes before its papers. */
export function Cases({ questions, cases, open, onChoose }: CasesProps) {
  const choose = (question: CaseQuestion, chosen: string[]) => {
    const own = new Set(question.options.map((option) => option.key));
    onChoose([...cases.filter((key) => !own.has(key)), ...chosen]);
  };
  return (
    <>
      {questions.map((question) => (
        <Question
          key={question.key}
          question={question}
          cases={cases}
          isOpen={open.includes(question)}
          onChoose={(chosen) => choose(question, chosen)}
        />
      ))}
    </>
  );
}

interface QuestionProps {
  question: CaseQuestion;
  cases: string[];
  isOpen: boolean;
  onChoose: (chosen: string[]) => void;
}

function Question({ question, cases, isOpen, onChoose }: QuestionProps) {
  const options = question.options.map(({ key, label }) => ({ value: key, label }));
  const chosen = question.options.map((option) => option.key).filter((key) => cases.includes(key));
  if (question.many)
    return (
      <Many
        label={question.question}
        hint={t("Không có điều nào đúng thì để trống.")}
        options={options}
        chosen={chosen}
        onChoose={onChoose}
      />
    );
  return (
    <Choice
      label={question.question}
      options={options}
      value={chosen.length === 1 ? (chosen[0] ?? "") : ""}
      error={isOpen ? t("Chưa chọn trường hợp. Xin hỏi ông/bà rồi chọn một câu trả lời.") : undefined}
      onChoose={(key) => onChoose([key])}
    />
  );
}
