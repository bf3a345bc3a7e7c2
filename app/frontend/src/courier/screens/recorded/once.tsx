import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { FormLock, type RecordedAct, rivalOf, useActs } from "../../engine";
import { t } from "../../language/sentences";
import type { Bundle, Errand, OperationKind } from "../../types";
import { ENDED, whyNot } from "../day/outcome";
import { type AtDoor } from "../day/stop-facts";
import { Button } from "../kit/button";
import { ActionBar, Empty, Notice, Page } from "../kit/page";
import { TO } from "../place";
import { Recorded } from "./recorded";

/** The name of a form's answers; of a second visit on the same day another one. */
export const formOf = (what: string, id: string, round: number): string =>
  round > 1 ? `${what}:${id}:${round}` : `${what}:${id}`;

interface OnceProps {
  bundle: Bundle;
  at: AtDoor;
  act: { kind: OperationKind; thing: string | null; round: number };
  form: string;
  children: ComponentChildren;
}

/** A form at a door; what is recorded already is shown as it was recorded, with no form to record it again. */
export function Once({ bundle, at, act, form, children }: OnceProps) {
  const acts = useActs();
  if (!acts) return null;
  const { errand } = at;
  const dossiers = errand.kind === "collect" ? errand.dossiers.map((dossier) => dossier.id) : [];
  const told = rivalOf({ ...act, errand_id: errand.id }, acts, dossiers);
  if (told) return <Recorded bundle={bundle} act={told} acts={acts} />;
  if (isOver(errand, act, acts)) return <Closed at={at} />;
  return <OneForm form={form}>{children}</OneForm>;
}

/** Ended by somebody else, or by this phone before its answers were kept; not where a courier came back. */
function isOver(errand: Errand, act: OnceProps["act"], acts: RecordedAct[]): boolean {
  if (act.thing !== null && errand.collected.includes(act.thing)) return true;
  const notDone = acts.some((one) => one.errand_id === errand.id && one.kind === "not_done") || whyNot(errand) !== null;
  return errand.closed && !(act.round > 1 && notDone);
}

function Closed({ at: { errand, stop } }: { at: AtDoor }) {
  return (
    <Page
      title={t("Việc này đã được ghi")}
      lead={errand.name}
      back={{ to: TO.stop(stop.id), label: t("Điểm {sequence}", { sequence: stop.sequence }) }}
    >
      <Notice tone="good" title={ENDED[errand.state]?.words ?? t("Đã ghi kết quả hôm nay")}>
        <p>{t("Máy không ghi lần nữa. Có gì chưa đúng, xin báo điều phối viên.")}</p>
      </Notice>
    </Page>
  );
}

/** What stands under a run is ended once a run. */
export function RunOnce({ bundle, children }: { bundle: Bundle; children: ComponentChildren }) {
  const acts = useActs();
  if (!acts) return null;
  const route = bundle.route && String(bundle.route.id);
  const told = rivalOf({ kind: "run_ended", errand_id: null, thing: route, round: 1 }, acts);
  if (told) return <Recorded bundle={bundle} act={told} acts={acts} />;
  return <OneForm form={`end:${bundle.day}`}>{children}</OneForm>;
}

/** The form works in one tab at a time; the others say so. */
export function OneForm({ form, children }: { form: string; children: ComponentChildren }) {
  const { here, take } = useFormLock(form);
  if (here === null) return null;
  if (here) return <>{children}</>;
  return (
    <Page title={t("Đang mở ở thẻ khác")} back={{ to: TO.day, label: t("Các điểm") }}>
      <Notice tone="wait" title={t("Việc này đang được ghi dở ở một thẻ khác của trình duyệt.")}>
        <p>{t("Xin ghi tiếp ở thẻ đó, hoặc chuyển về thẻ này. Những gì đã điền vẫn còn.")}</p>
      </Notice>
      <ActionBar>
        <Button big icon="arrow-right" onPress={take}>
          {t("Ghi tiếp ở đây")}
        </Button>
      </ActionBar>
    </Page>
  );
}

function useFormLock(form: string): { here: boolean | null; take: () => void } {
  const [here, setHere] = useState<boolean | null>(null);
  const lock = useRef<FormLock | null>(null);
  useEffect(() => {
    const mine = new FormLock(form, setHere);
    lock.current = mine;
    mine.ask();
    return () => mine.leave();
  }, [form]);
  return { here, take: () => lock.current?.take() };
}

/** Opened again from a door or from the queue. */
export function RecordedAgain({ bundle, id }: { bundle: Bundle; id: string | undefined }) {
  const acts = useActs();
  if (!acts) return null;
  const act = acts.find((one) => one.op_id === id);
  if (act) return <Recorded bundle={bundle} act={act} acts={acts} />;
  return (
    <Page title={t("Không thấy việc này")} back={{ to: TO.queue, label: t("Chờ gửi") }}>
      <Empty title={t("Máy chỉ mở lại được việc đã ghi hôm nay")}>
        <p>{t("Việc cũ hơn nằm ở bưu cục.")}</p>
      </Empty>
    </Page>
  );
}
