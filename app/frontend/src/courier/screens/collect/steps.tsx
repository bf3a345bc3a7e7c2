import { rich, t } from "../../language/sentences";
import type { FileKind, RequiredPaper } from "../../types";
import { EnvelopeCode } from "../kit/coded";
import type { Pictures } from "../kit/draft";
import type { Faults } from "../kit/faults";
import { chargesOf, Money, moneyFaults } from "../kit/money";
import { ReceiptNote } from "../kit/receipt-note";
import { useSignedHere } from "../kit/signed-here";
import { SIGNATURES, Signing, signingFaults } from "../kit/signing";
import { Cases } from "./cases";
import { Envelope, envelopeFaults } from "./envelope";
import { type CollectForm, missingOf, paperFaults, unanswered, type Visit } from "./facts";
import { Papers } from "./papers";

export type StepName = "cases" | "papers" | "envelope" | "money" | "sign";

export const TITLE: Record<StepName, string> = {
  cases: t("Trường hợp nào?"),
  papers: t("Đếm giấy tờ cùng người dân"),
  envelope: t("Niêm phong trước mặt người dân"),
  money: t("Thu tiền"),
  sign: t("Hai bên ký nhận"),
};

export const PICTURES = ["envelope", ...SIGNATURES] as const;

/** Everything a step needs to show itself and to say what is still missing. */
export interface Room {
  visit: Visit;
  stop: number;
  form: CollectForm;
  cases: string[];
  lines: RequiredPaper[];
  pictures: Pictures;
  receipt: string;
  key: string;
}

/** The case of a dossier is settled with its first envelope. */
const asksCase = ({ kind, only_lines }: Visit["errand"]): boolean => kind === "collect" && !only_lines;

/** The case is asked when a question is still open, money when there is a price not yet paid. */
export function stepsOf({ errand, dossier, procedure }: Visit, cases: string[], form: CollectForm): StepName[] {
  const asks = asksCase(errand) && (form.cases !== null || unanswered(procedure.cases, cases).length > 0);
  const paidBefore = errand.kind !== "collect" || errand.collected.some((id) => id !== dossier.id);
  const pays = !paidBefore && chargesOf(errand.quote).length > 0;
  return [...(asks ? ["cases" as const] : []), "papers", "envelope", ...(pays ? ["money" as const] : []), "sign"];
}

const FAULTS: Record<StepName, (room: Room) => Faults> = {
  cases: ({ visit, cases }) => {
    const open = unanswered(visit.procedure.cases, cases);
    return Object.fromEntries(open.map((question) => [question.key, "open"]));
  },
  papers: ({ lines, form }) => paperFaults(lines, form),
  envelope: ({ form, pictures }) => envelopeFaults(form, pictures.envelope ?? null),
  money: ({ visit, form }) => moneyFaults(visit.errand.quote, form),
  sign: ({ visit, form, pictures }) => signingFaults(form, pictures, true, visit.errand.name),
};

export const faultsOf = (step: StepName, room: Room): Faults => FAULTS[step](room);

interface StepProps {
  step: StepName;
  room: Room;
  faults: Faults;
  onChange: (change: Partial<CollectForm>) => void;
  onPicture: (kind: FileKind, image: Blob | null) => void;
}

export function Step({ step, ...rest }: StepProps) {
  const Shown = SHOWN[step];
  return <Shown {...rest} />;
}

type Part = Omit<StepProps, "step">;

function CasesStep({ room, faults, onChange }: Part) {
  const { visit, cases } = room;
  const open = visit.procedure.cases.filter((question) => faults[question.key]);
  return (
    <Cases
      questions={visit.procedure.cases}
      cases={cases}
      open={open}
      onChoose={(chosen) => onChange({ cases: chosen })}
    />
  );
}

function PapersStep({ room, faults, onChange }: Part) {
  const { visit, form, cases, lines } = room;
  const canChange = asksCase(visit.errand) && visit.procedure.cases.length > 0 && form.cases === null;
  return (
    <>
      <p class="muted list-version">
        {t("Danh mục đã công bố, bản số {version}. Không được yêu cầu thêm giấy tờ nào khác.", {
          version: visit.procedure.version,
        })}
      </p>
      {canChange && (
        <p>
          <button type="button" class="button button--quiet" onClick={() => onChange({ cases, step: 0 })}>
            {t("Đổi trường hợp")}
          </button>
        </p>
      )}
      <Papers lines={lines} form={form} faults={faults} onChange={onChange} />
    </>
  );
}

function EnvelopeStep({ room, faults, onChange, onPicture }: Part) {
  return (
    <Envelope
      visitKey={room.key}
      carriesCopy={room.visit.procedure.carries_copy}
      form={room.form}
      photo={room.pictures.envelope ?? null}
      faults={faults}
      onChange={onChange}
      onPhoto={(image) => onPicture("envelope", image)}
    />
  );
}

function MoneyStep({ room, faults, onChange }: Part) {
  const { visit, form, receipt } = room;
  return (
    <>
      <Money quote={visit.errand.quote} paid={form} faults={faults} onChange={onChange} />
      {form.pay === "yes" && <ReceiptNote number={receipt} />}
    </>
  );
}

function SignStep({ room, faults, onChange, onPicture }: Part) {
  const { visit, stop, form, lines, pictures } = room;
  const offer = useSignedHere(stop, visit.errand, visit.errand.name);
  const inside = lines.filter((paper) => form.papers[paper.line]?.tick === "in_envelope").length;
  const missing = missingOf(lines, form.papers).length;
  const sealed = {
    inside,
    label: (
      <strong class="num">
        <EnvelopeCode code={form.label.toUpperCase()} />
      </strong>
    ),
    seal: <strong class="num">{form.seal.toUpperCase()}</strong>,
  };
  return (
    <>
      <p class="summary-line">
        {missing
          ? rich("{inside} giấy tờ trong phong bì, còn thiếu {missing} · nhãn {label} · niêm phong {seal}", {
              ...sealed,
              missing,
            })
          : rich("{inside} giấy tờ trong phong bì · nhãn {label} · niêm phong {seal}", sealed)}
      </p>
      <Signing
        who={t("người gửi")}
        consent={visit.errand.consent}
        signed={form}
        pictures={pictures}
        faults={faults}
        withCourier
        offer={offer}
        onChange={onChange}
        onPicture={onPicture}
      />
    </>
  );
}

const SHOWN = { cases: CasesStep, papers: PapersStep, envelope: EnvelopeStep, money: MoneyStep, sign: SignStep };
