import { plural, t } from "../../language/sentences";
import type { Bundle } from "../../types";
import { LinkButton } from "../kit/button";
import { ActionBar, Empty, Page } from "../kit/page";
import { EnvelopeCode } from "../kit/coded";
import { CashLink } from "./cash";
import { TO } from "../place";
import { purposeOf } from "../words";

/** What the courier answers for right now. */
export function Bag({ bundle }: { bundle: Bundle }) {
  return (
    <Page title={t("Túi của tôi")} lead={plural("{count} bưu gửi đang giữ", bundle.bag.length)}>
      {bundle.bag.length ? (
        <ul class="rows">
          {bundle.bag.map((parcel) => (
            <li key={parcel.code} class="rows__row">
              <strong class="num">
                <EnvelopeCode code={parcel.code} />
              </strong>
              <span class="muted">
                {purposeOf(parcel.purpose)}
                {parcel.reference && ` · ${parcel.reference}`}
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <Empty title={t("Trong túi không có bưu gửi nào")}>
          <p>{t("Mọi bưu gửi đã được giao đi.")}</p>
        </Empty>
      )}
      <p class="tools">
        <CashLink />
        <LinkButton href={TO.confirm} kind="secondary" icon="scan">
          {t("Xác nhận bằng máy này")}
        </LinkButton>
        <LinkButton href={TO.incident} kind="secondary" icon="alert">
          {t("Báo sự cố")}
        </LinkButton>
        <LinkButton href={TO.end} kind="secondary" icon="check">
          {t("Cuối ngày")}
        </LinkButton>
      </p>
      <ActionBar>
        <LinkButton href={TO.handOver} big icon="arrow-right">
          {t("Giao cho bên khác")}
        </LinkButton>
        <LinkButton href={TO.takeOver} kind="secondary" big icon="bag">
          {t("Nhận vào túi")}
        </LinkButton>
      </ActionBar>
    </Page>
  );
}
