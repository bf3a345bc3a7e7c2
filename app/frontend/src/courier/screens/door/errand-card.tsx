import type { ComponentChildren } from "preact";
import { rich, t } from "../../language/sentences";
import type { Bundle, Dossier, Errand } from "../../types";
import { newTime, recordedAt, saidOf } from "../day/outcome";
import { taskOf } from "../day/stop-facts";
import { LinkButton } from "../kit/button";
import { EnvelopeCode } from "../kit/coded";
import { Badge, Notice } from "../kit/page";
import { TO } from "../place";
import { RecordedHere } from "../recorded/here";
import { TriedElsewhere } from "../recorded/second-visit";
import { RELATION, workOf } from "../words";
import { inBag, resultsOf, stillDue, tasksOf, type Task } from "./tasks";

export { resultsOf } from "./tasks";

/** One errand within the door's card. `task`: the thing that the thumb's button does already. */
export function ErrandCard({ bundle, errand, task }: { bundle: Bundle; errand: Errand; task: Task | null }) {
  const ended = [recordedAt(errand), newTime(errand)].filter((line) => line !== null);
  return (
    <section class="errand">
      <div class="errand__head">
        <h2 class="card__title">{workOf(errand)}</h2>
        {saidOf(errand).map(({ words, tone }) => (
          <Badge key={words} tone={tone}>
            {words}
          </Badge>
        ))}
      </div>
      <p>
        {errand.name} · <span class="num">{errand.reference}</span>
        {errand.attempts > 0 && !errand.closed && ` · ${t("lần thứ {attempts}", { attempts: errand.attempts + 1 })}`}
      </p>
      {ended.length > 0 && <p>{ended.join(". ")}.</p>}
      {!errand.closed && bundle.route?.started && <ToDo bundle={bundle} errand={errand} task={task} />}
      <TriedElsewhere bundle={bundle} errand={errand} />
      <RecordedHere errandId={errand.id} />
    </section>
  );
}

function ToDo({ bundle, errand, task }: { bundle: Bundle; errand: Errand; task: Task | null }) {
  return (
    <>
      <Papers bundle={bundle} errand={errand} />
      {tasksOf(bundle, errand)
        .filter(({ to }) => to !== task?.to)
        .map(({ to, words, icon }) => (
          <LinkButton key={to} href={to} kind="secondary" icon={icon}>
            {words}
          </LinkButton>
        ))}
      <LinkButton href={TO.notDone(errand.id)} kind="secondary" icon="cross">
        {t("Không làm được")}
      </LinkButton>
    </>
  );
}

function Papers({ bundle, errand }: { bundle: Bundle; errand: Errand }) {
  switch (taskOf(errand)) {
    case "collect":
      return (
        <ul class="plain errand__dossiers">
          {errand.dossiers.map((dossier) => (
            <ToCollect key={dossier.id} bundle={bundle} errand={errand} dossier={dossier} />
          ))}
        </ul>
      );
    case "hand_over":
      return <ToHandOver bundle={bundle} errand={errand} />;
    default:
      return (
        <Notice tone="wait" title={t("Bản ứng dụng này chưa biết làm việc này")}>
          <p>{t("Xin cập nhật ứng dụng khi có bản mới, hoặc gọi điều phối viên.")}</p>
        </Notice>
      );
  }
}

function ToCollect({ bundle, errand, dossier }: { bundle: Bundle; errand: Errand; dossier: Dossier }) {
  return (
    <li>
      <strong>{bundle.procedures[dossier.procedure]?.name}</strong>
      {errand.only_lines && <OnlyThese papers={namesOf(bundle, dossier, errand.only_lines)} />}
      {errand.collected.includes(dossier.id) && (
        <p>
          <Badge tone="good">{t("Đã nhận và niêm phong")}</Badge>
        </p>
      )}
    </li>
  );
}

function OnlyThese({ papers }: { papers: string[] }) {
  return (
    <>
      <p>{t("Lần này chỉ nhận:")}</p>
      <ul class="plain">
        {papers.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </>
  );
}

function namesOf(bundle: Bundle, dossier: Dossier | undefined, lines: number[]): string[] {
  const papers = bundle.procedures[dossier?.procedure ?? ""]?.papers ?? [];
  return papers.filter((paper) => lines.includes(paper.line)).map((paper) => paper.name);
}

function ToHandOver({ bundle, errand }: { bundle: Bundle; errand: Errand }) {
  return (
    <>
      <DueFirst bundle={bundle} errand={errand} />
      <ul class="plain errand__dossiers">
        {errand.dossiers.map((dossier) => (
          <li key={dossier.id}>
            <strong>{dossier.result_title ?? bundle.procedures[dossier.procedure]?.name}</strong>
          </li>
        ))}
      </ul>
      {errand.receiver && (
        <p>
          {t("Được nhận thay: {name} ({relation}), phải xem giấy tờ", {
            name: errand.receiver.name,
            relation: RELATION[errand.receiver.relation] ?? "",
          })}
        </p>
      )}
      {resultsOf(errand).map(({ code, seal }) => (
        <p key={code}>{envelopeWords(code, seal)}</p>
      ))}
      {!inBag(bundle, errand) && (
        <Notice tone="wait" title={t("Bưu gửi chưa ở trong túi")}>
          <p>
            {rich("{take} trước khi trả cho người dân.", {
              take: <a href={TO.takeOver}>{t("Nhận từ bưu cục")}</a>,
            })}
          </p>
        </Notice>
      )}
    </>
  );
}

function envelopeWords(code: string, seal: string | null | undefined): ComponentChildren {
  const words = { code: <EnvelopeCode code={code} />, seal: <span class="num">{seal}</span> };
  return seal ? rich("Bưu gửi {code} · niêm phong {seal}", words) : rich("Bưu gửi {code}", words);
}

/** Said before anything else: without these originals the result stays in the bag. */
function DueFirst({ bundle, errand }: { bundle: Bundle; errand: Errand }) {
  const due = stillDue(errand);
  if (!due.length) return null;
  const names = due.flatMap(({ dossier_id, lines }) =>
    namesOf(
      bundle,
      errand.dossiers.find((one) => one.id === dossier_id),
      lines,
    ),
  );
  return (
    <Notice tone="wait" title={t("Thu lại bản chính trước khi trả")}>
      <ul class="plain">
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </Notice>
  );
}
