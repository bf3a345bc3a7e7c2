import { useActs } from "../../engine";
import { t } from "../../language/sentences";
import { LinkButton } from "../kit/button";
import { TO } from "../place";
import { clock } from "../time";
import { OPERATION } from "../words";
import { visitsAt } from "./visits";

/** What this phone recorded at an errand today, to be opened again. */
export function RecordedHere({ errandId }: { errandId: string }) {
  const acts = visitsAt(errandId, useActs() ?? []);
  return (
    <>
      {acts.map((act) => (
        <LinkButton key={act.op_id} href={TO.recorded(act.op_id)} kind="quiet" icon="document">
          {t("Xem lại “{what}” lúc {time}", { what: OPERATION[act.kind] ?? "", time: clock(act.at) })}
        </LinkButton>
      ))}
    </>
  );
}

export function SeeAgain({ opId }: { opId: string }) {
  const act = useActs()?.find((one) => one.op_id === opId);
  return act ? <a href={TO.recorded(opId)}>{t("Xem lại việc đã ghi")}</a> : null;
}
