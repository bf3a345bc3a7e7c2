import { useState } from "preact/hooks";
import { position } from "../../engine";
import { t, forOffice } from "../../language/sentences";
import type { Bundle, Errand, FileKind, Fix, OutcomeChoice } from "../../types";
import { type AtDoor, findErrand } from "../day/stop-facts";
import { NoDoor } from "../door/door";
import { Button } from "../kit/button";
import { useForm } from "../kit/form";
import { Icon } from "../kit/icon";
import { ActionBar, Page } from "../kit/page";
import { go, TO } from "../place";
import { formOf, Once } from "../recorded/once";
import { tell } from "../trouble";
import { Calls, Lines, Photos, Questions, Slots } from "./evidence";
import {
  asksLines,
  callsNeeded,
  callsThatCount,
  choicesFor,
  choosesSlot,
  EMPTY,
  evidenceOf,
  linesAt,
  linesInWords,
  picturesOf,
  slotsAt,
  type UndoneForm,
  undoneFaults,
} from "./facts";

const PICTURES: readonly FileKind[] = ["gate", "place", "seal", "seal_other_side", "faulty_paper", "result_error"];

interface UndoneProps {
  bundle: Bundle;
  errandId: string | undefined;
  round: number;
}

/** Not done: the outcome first, then exactly the evidence it demands. */
export function Undone({ bundle, errandId, round }: UndoneProps) {
  const here = findErrand(bundle, errandId);
  if (!here) return <NoDoor />;
  const form = formOf("undone", here.errand.id, round);
  return (
    <Once bundle={bundle} at={here} act={{ kind: "not_done", thing: null, round }} form={form}>
      <Reasons bundle={bundle} {...here} round={round} form={form} />
    </Once>
  );
}

function Reasons({ bundle, errand, stop, round, form }: AtDoor & { bundle: Bundle; round: number; form: string }) {
  const [code, setCode] = useState("");
  const choices = choicesFor(bundle.outcomes, errand);
  const outcome = choices.find((one) => one.code === code);
  const part = { bundle, errand, stop, round, form };
  if (outcome) return <Evidence {...part} outcome={outcome} onBack={() => setCode("")} />;
  return (
    <Page
      title={t("Vì sao chưa làm được?")}
      lead={t("Chọn một lý do. Khi máy gửi được, người dân được báo ngay.")}
      back={{ to: TO.stop(stop.id), label: t("Điểm {sequence}", { sequence: stop.sequence }) }}
    >
      <ul class="reasons">
        {choices.map((one) => (
          <li key={one.code}>
            <button type="button" class="reasons__link" onClick={() => setCode(one.code)}>
              <span>{one.label}</span>
              <Icon name="arrow-right" />
            </button>
          </li>
        ))}
      </ul>
    </Page>
  );
}

interface EvidenceProps {
  bundle: Bundle;
  errand: Errand;
  stop: AtDoor["stop"];
  outcome: OutcomeChoice;
  round: number;
  form: string;
  onBack: () => void;
}

function Evidence({ bundle, errand, stop, outcome, round, form: name, onBack }: EvidenceProps) {
  const held = useForm<UndoneForm>(`${name}:${outcome.code}`, EMPTY, PICTURES);
  const { form, faults, change } = held;
  const calls = errand.called;
  const enough = callsThatCount(outcome, calls).length >= callsNeeded(outcome);
  const part = { outcome, form, faults, onChange: change };
  const save = async () => {
    if (!held.passes(undoneFaults(outcome, form, held.pictures, calls))) return;
    const at = outcome.evidence.includes("fix") ? inWords(await position()) : "";
    const lines = linesInWords(linesAt(bundle, errand), form.lines);
    const payload = {
      outcome: outcome.code,
      evidence: evidenceOf(outcome, form, calls, { at, lines }),
      consent: form.consent,
    };
    const files = held.files(picturesOf(outcome, form.consent));
    await held.save("not_done", { errandId: errand.id, revisionSeen: errand.revision, payload, files, round }, name);
    tell(t("Đã lưu trên máy. Người dân được báo khi máy gửi được."));
    go(TO.stop(stop.id));
  };
  if (!held.loaded) return null;
  return (
    <Page title={outcome.label} lead={errand.name}>
      {asksLines(outcome) && <Lines {...part} bundle={bundle} errand={errand} />}
      {choosesSlot(outcome) && <Slots {...part} slots={slotsAt(bundle, stop)} />}
      <Calls outcome={outcome} errand={errand} fault={enough ? undefined : faults.calls} />
      <Questions {...part} bundle={bundle} />
      <Photos {...part} pictures={held.pictures} onPicture={held.picture} />
      <ActionBar row>
        <Button big icon="check" onPress={save}>
          {t("Ghi nhận")}
        </Button>
        <Button kind="quiet" label={t("Chọn lý do khác")} onPress={onBack}>
          {t("Lý do khác")}
        </Button>
      </ActionBar>
    </Page>
  );
}

const inWords = (fix: Fix | null): string =>
  fix ? `${fix.lat_e6 / 1e6}, ${fix.lon_e6 / 1e6} (±${fix.accuracy_m} m)` : forOffice("chưa có định vị");
