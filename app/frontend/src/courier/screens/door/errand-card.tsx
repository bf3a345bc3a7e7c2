import type { Bundle, Dossier, Errand } from "../../types";
import { LinkButton } from "../kit/button";
import { Badge, Card, Notice } from "../kit/page";
import { newTime, recordedAt, saidOf } from "../day/outcome";
import { taskOf } from "../day/stop-facts";
import { TO } from "../place";
import { RecordedHere } from "../recorded/here";
import { kindOf } from "../words";

export const resultsOf = (errand: Errand) =>
  errand.parcels.filter((parcel) => parcel.purpose === "result" || parcel.purpose === "give_back");

/** What the courier really has in the bag, by the office's book and by what this phone wrote since. */
export const inBag = (bundle: Bundle, errand: Errand): boolean => {
  const bag = new Set(bundle.bag.map((parcel) => parcel.code));
  return resultsOf(errand).every((parcel) => bag.has(parcel.code));
};

export function ErrandCard({ bundle, errand }: { bundle: Bundle; errand: Errand }) {
  const ended = [recordedAt(errand), newTime(errand)].filter((line) => line !== null);
  return (
    <Card>
      <div class="errand__head">
        <h2 class="card__title">{kindOf(errand.kind)}</h2>
        {saidOf(errand).map(({ words, tone }) => (
          <Badge key={words} tone={tone}>
            {words}
          </Badge>
        ))}
      </div>
      <p>
        {errand.name} · <span class="num">{errand.reference}</span>
        {errand.attempts > 0 && ` · lần thứ ${errand.attempts + 1}`}
      </p>
      {ended.length > 0 && <p>{ended.join(". ")}.</p>}
      {!errand.closed && bundle.route?.started && <Actions bundle={bundle} errand={errand} />}
      <RecordedHere errandId={errand.id} />
    </Card>
  );
}

function Actions({ bundle, errand }: { bundle: Bundle; errand: Errand }) {
  return (
    <>
      <Task bundle={bundle} errand={errand} />
      <LinkButton href={TO.notDone(errand.id)} kind="secondary" icon="cross">
        Không làm được
      </LinkButton>
    </>
  );
}

function Task({ bundle, errand }: { bundle: Bundle; errand: Errand }) {
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
      return <ToDeliver bundle={bundle} errand={errand} />;
    default:
      return (
        <Notice tone="wait" title="Bản ứng dụng này chưa biết làm việc này">
          <p>Xin cập nhật ứng dụng khi có bản mới, hoặc gọi điều phối viên.</p>
        </Notice>
      );
  }
}

function ToCollect({ bundle, errand, dossier }: { bundle: Bundle; errand: Errand; dossier: Dossier }) {
  const procedure = bundle.procedures[dossier.procedure];
  return (
    <li>
      <strong>{procedure?.name}</strong>
      {errand.collected.includes(dossier.id) ? (
        <p>
          <Badge tone="good">Đã nhận và niêm phong</Badge>
        </p>
      ) : (
        <LinkButton href={TO.collect(errand.id, dossier.id)} big icon="document">
          Nhận giấy tờ
        </LinkButton>
      )}
    </li>
  );
}

function ToDeliver({ bundle, errand }: { bundle: Bundle; errand: Errand }) {
  return (
    <>
      <ul class="plain errand__dossiers">
        {errand.dossiers.map((dossier) => (
          <li key={dossier.id}>
            <strong>{dossier.result_title ?? bundle.procedures[dossier.procedure]?.name}</strong>
          </li>
        ))}
      </ul>
      {inBag(bundle, errand) ? (
        <LinkButton href={TO.deliver(errand.id)} big icon="check">
          {errand.kind === "deliver" ? "Trả kết quả" : "Trả giấy tờ"}
        </LinkButton>
      ) : (
        <Notice tone="wait" title="Bưu gửi chưa ở trong túi">
          <p>
            <a href={TO.takeOver}>Nhận từ bưu cục</a> trước khi trả cho người dân.
          </p>
        </Notice>
      )}
    </>
  );
}
