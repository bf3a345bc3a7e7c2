import { t } from "../../language/sentences";
import type { Bundle } from "../../types";
import { addressOf, isAhead, mapLink } from "../day/stop-facts";
import { lazy } from "../kit/lazy";
import { Icon } from "../kit/icon";
import { Empty, Page } from "../kit/page";

const MapCanvas = lazy(
  () => import("./map-canvas").then((module) => module.MapCanvas),
  <p class="muted">{t("Đang vẽ bản đồ…")}</p>,
);

/** Communes, doors and the way between them, drawn from the bundle: no picture is fetched. */
export function MapScreen({ bundle }: { bundle: Bundle }) {
  const left = bundle.stops.filter(isAhead);
  return (
    <Page title={t("Bản đồ")} lead={t("Vẽ từ dữ liệu trong máy, xem được khi mất mạng.")}>
      {bundle.stops.length ? <MapCanvas bundle={bundle} /> : <Empty title={t("Hôm nay chưa có điểm nào")} />}
      {left.length > 0 && (
        <section class="section">
          <h2 class="section__title">{t("Mở trong bản đồ của điện thoại")}</h2>
          <ul class="reasons">
            {left.map((stop) => (
              <li key={stop.id}>
                <a class="reasons__link" href={mapLink(stop)}>
                  <span>
                    {stop.sequence}. {addressOf(stop)}
                  </span>
                  <Icon name="map" />
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Page>
  );
}
