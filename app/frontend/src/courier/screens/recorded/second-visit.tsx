import { useActs } from "../../engine";
import { t } from "../../language/sentences";
import type { Bundle, Errand } from "../../types";
import { LinkButton } from "../kit/button";
import { TO } from "../place";
import { wasTriedElsewhere } from "./visits";

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

export function TriedElsewhere({ bundle, errand }: { bundle: Bundle; errand: Errand }) {
  return wasTriedElsewhere(bundle, errand, useActs()) ? <SecondVisit errand={errand} round={2} /> : null;
}
