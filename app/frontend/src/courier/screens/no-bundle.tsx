import { refreshBundle } from "../engine";
import { t } from "../language/sentences";
import { Button } from "./kit/button";
import { ActionBar, Empty, Page } from "./kit/page";
import type { Place } from "./place";
import { QueueScreen } from "./queue/queue";

/** Before the first bundle of the shift; the queue can be looked at all the same. */
export function NoBundle({ place }: { place: Place }) {
  if (place.screen === "cho-gui") return <QueueScreen bundle={null} />;
  return (
    <Page title={t("Chưa có dữ liệu hôm nay")}>
      <Empty title={t("Xin tải dữ liệu khi có mạng")}>
        <p>{t("Sau đó cả ngày làm việc không cần mạng.")}</p>
      </Empty>
      <ActionBar>
        <Button big icon="download" onPress={refreshBundle}>
          {t("Tải dữ liệu hôm nay")}
        </Button>
      </ActionBar>
    </Page>
  );
}
