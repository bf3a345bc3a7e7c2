import { useActs } from "../../engine";
import { t } from "../../language/sentences";
import type { Bundle, Errand } from "../../types";
import { whyNot } from "../day/outcome";
import { LinkButton } from "../kit/button";
import { TO } from "../place";

interface SecondVisitProps {
  errand: Errand;
  round: number;
  big?: boolean;
}

/** The door stayed shut, and later that day somebody is there after all. */
export function SecondVisit({ errand, round, big = false }: SecondVisitProps) {
  const papers = errand.dossiers.filter((dossier) => !errand.collected.includes(dossier.id));
  const tasks =
    errand.kind === "collect"
      ? papers.map((dossier) => TO.collect(errand.id, dossier.id, round))
      : [TO.deliver(errand.id, round)];
  return (
    <>
      {tasks.map((href) => (
        <LinkButton key={href} href={href} kind="secondary" big={big} icon="arrow-right">
          {errand.kind === "collect" ? t("Đã gặp lại, nhận giấy tờ") : t("Đã gặp lại, trao bưu gửi")}
        </LinkButton>
      ))}
      <LinkButton href={TO.notDone(errand.id, round)} kind="quiet">
        {t("Quay lại vẫn chưa làm được")}
      </LinkButton>
    </>
  );
}

const OVER = new Set(["done", "returned", "cancelled"]);

/** What another phone told of this door today, or this one before its answers were kept: it may be tried once more. */
export function TriedElsewhere({ bundle, errand }: { bundle: Bundle; errand: Errand }) {
  const acts = useActs();
  const open = bundle.route?.started === true && errand.closed && whyNot(errand) !== null && !OVER.has(errand.state);
  if (!open || !acts || acts.some((one) => one.errand_id === errand.id)) return null;
  return <SecondVisit errand={errand} round={2} />;
}
