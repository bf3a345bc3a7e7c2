import { t } from "../../language/sentences";
import type { Bundle } from "../../types";
import { findErrand } from "../day/stop-facts";
import { NoDoor } from "../door/door";
import { Button } from "../kit/button";
import { useForm } from "../kit/form";
import { receiptOf } from "../kit/money";
import { ActionBar, Page } from "../kit/page";
import { useReceipt } from "../kit/receipt-note";
import { keepSigned } from "../kit/signed-here";
import { Steps } from "../kit/steps";
import { go, TO } from "../place";
import { formOf, Once } from "../recorded/once";
import { tell } from "../trouble";
import { type CollectForm, EMPTY, linesOf, type Visit, visitOf } from "./facts";
import { payloadOf } from "./payload";
import { Step, faultsOf, PICTURES, stepsOf, TITLE } from "./steps";

interface CollectProps {
  bundle: Bundle;
  errandId: string | undefined;
  dossierId: string | undefined;
  round: number;
}

export function Collect({ bundle, errandId, dossierId, round }: CollectProps) {
  const here = findErrand(bundle, errandId);
  const visit = here && visitOf(bundle, here.errand, dossierId);
  if (!here || !visit) return <NoDoor />;
  const key = formOf("collect", visit.dossier.id, round);
  return (
    <Once bundle={bundle} at={here} act={{ kind: "collected", thing: visit.dossier.id, round }} form={key}>
      <Collecting visit={visit} stop={here.stop.id} round={round} form={key} />
    </Once>
  );
}

interface CollectingProps {
  visit: Visit;
  stop: number;
  round: number;
  form: string;
}

/** Count with the citizen, sign, seal, photograph, take the money: one step a screen, every answer kept at once. */
function Collecting({ visit, stop, round, form: key }: CollectingProps) {
  const held = useForm<CollectForm>(key, EMPTY, PICTURES);
  const { form, faults, change } = held;
  const receipt = useReceipt(form.pay === "yes", key);
  const cases = form.cases ?? visit.dossier.cases;
  const steps = stepsOf(visit, cases, form);
  const at = Math.min(form.step, steps.length - 1);
  const step = steps[at] ?? "papers";
  const lines = linesOf(visit, cases);
  const isLast = at === steps.length - 1;
  const room = { visit, stop, form, cases, lines, pictures: held.pictures, receipt, key };

  const save = async () => {
    const taken = receiptOf(visit.errand.quote, form, receipt);
    const payload = payloadOf(room, taken);
    const { id, revision } = visit.errand;
    const { op_id } = await held.save("collected", {
      errandId: id,
      revisionSeen: revision,
      payload,
      files: held.files(),
      round,
    });
    await keepSigned({ op_id, stop, name: visit.errand.name, envelope: false }, visit.errand, held);
    tell(t("Đã lưu trên máy: đã nhận bưu gửi {label}.", { label: payload.label }));
    go(afterwards(visit, stop, round));
  };
  const onward = async () => {
    if (!held.passes(faultsOf(step, room))) return;
    if (isLast) await save();
    else change({ step: at + 1 });
  };
  if (!held.loaded) return null;
  return (
    <Page title={TITLE[step]} lead={visit.procedure.name} back={{ to: TO.stop(stop), label: t("Điểm này") }}>
      <Steps at={at} of={steps.length} />
      <Step step={step} room={room} faults={faults} onChange={change} onPicture={held.picture} />
      <ActionBar row>
        <Button big icon={isLast ? "seal" : "arrow-right"} onPress={onward}>
          {isLast ? t("Đã niêm phong và nhận") : t("Tiếp tục")}
        </Button>
        {at > 0 && (
          <Button kind="quiet" label={t("Quay lại bước trước")} onPress={() => change({ step: at - 1 })}>
            {t("Quay lại")}
          </Button>
        )}
      </ActionBar>
    </Page>
  );
}

/** Originals due were counted for the sake of a result: back to giving it. */
const afterwards = ({ errand }: Visit, stop: number, round: number): string =>
  errand.kind === "deliver" ? TO.deliver(errand.id, round) : TO.stop(stop);
