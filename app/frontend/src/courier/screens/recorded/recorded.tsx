import type { RecordedAct } from "../../engine";
import { t } from "../../language/sentences";
import type { Bundle } from "../../types";
import { type AtDoor, findErrand } from "../day/stop-facts";
import { LinkButton } from "../kit/button";
import { coded } from "../kit/coded";
import { ActionBar, Badge, Card, Notice, Page } from "../kit/page";
import { TO } from "../place";
import { clock } from "../time";
import { LOCAL_STATE, OPERATION } from "../words";
import { amendmentsOf, isAmendable, isOurs } from "./amending";
import { factsOf } from "./facts";
import { SecondVisit } from "./second-visit";
import { endedUndone } from "./visits";

interface RecordedProps {
  bundle: Bundle;
  act: RecordedAct;
  acts: RecordedAct[];
}

/** A finished act as it was recorded: to be read, not to be recorded again. */
export function Recorded({ bundle, act, acts }: RecordedProps) {
  const at = findErrand(bundle, act.errand_id ?? undefined);
  return (
    <Page title={OPERATION[act.kind] ?? t("Việc đã ghi")} lead={at?.errand.name} back={backTo(at)}>
      <When act={act} />
      <Card>
        <Facts act={act} bundle={bundle} />
      </Card>
      {amendmentsOf(act, acts).map((one) => (
        <Card key={one.op_id} title={t("Đã sửa lúc {time}", { time: clock(one.at) })}>
          <Facts act={one} bundle={bundle} />
        </Card>
      ))}
      <Amending act={act} acts={acts} bundle={bundle} />
      {at && endedUndone(act, acts) && <MetAfterAll at={at} round={act.round + 1} />}
    </Page>
  );
}

function Amending({ act, acts, bundle }: RecordedProps) {
  if (!isAmendable(act)) return null;
  if (!isOurs(act, acts, bundle))
    return <p class="muted">{t("Bưu cục đã tiếp nhận việc này. Có gì chưa đúng, xin báo điều phối viên sửa.")}</p>;
  return (
    <p class="tools">
      <LinkButton href={TO.amend(act.op_id)} kind="secondary" icon="document">
        {t("Sửa lời đã ghi")}
      </LinkButton>
    </p>
  );
}

const backTo = (at: AtDoor | null): { to: string; label: string } =>
  at
    ? { to: TO.stop(at.stop.id), label: t("Điểm {sequence}", { sequence: at.stop.sequence }) }
    : { to: TO.day, label: t("Các điểm") };

function When({ act }: { act: RecordedAct }) {
  const state = LOCAL_STATE[act.state];
  return (
    <Notice tone="good" title={t("Việc này đã được ghi lúc {time}", { time: clock(act.at) })}>
      {state && <Badge tone={state.tone}>{state.words}</Badge>}
    </Notice>
  );
}

function Facts({ act, bundle }: { act: RecordedAct; bundle: Bundle }) {
  const facts = factsOf(act, bundle);
  if (!act.said) return <p>{t("Nội dung chi tiết nằm ở bưu cục: máy đã đăng nhập lại sau khi ghi việc này.")}</p>;
  return (
    <dl class="facts">
      {facts.map(({ name, words }) => (
        <div key={name} class="facts__row">
          <dt>{name}</dt>
          <dd>{coded(words)}</dd>
        </div>
      ))}
    </dl>
  );
}

function MetAfterAll({ at: { errand }, round }: { at: AtDoor; round: number }) {
  return (
    <>
      <p class="muted">
        {t("Nếu trong ngày quay lại mà gặp được, xin ghi thành một lần mới; lần này vẫn được giữ nguyên.")}
      </p>
      <ActionBar>
        <SecondVisit errand={errand} round={round} big />
      </ActionBar>
    </>
  );
}
