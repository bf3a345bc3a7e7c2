import { useEffect, useState } from "preact/hooks";
import { allowNotices, endNotices, noticesHere, type NoticesHere } from "../../engine";
import { t } from "../../language/sentences";
import { Button } from "../kit/button";
import { tell } from "../trouble";

/** A changed day is told while the app is closed, too, to whoever wants it; shown where phone and office can. */
export function NoticesChoice() {
  const [here, setHere] = useState<NoticesHere>("none");
  useEffect(() => void noticesHere().then(setHere), []);
  if (here !== "on" && here !== "off") return null;
  const turn = async () => {
    await (here === "off" ? allowNotices() : endNotices());
    setHere(here === "off" ? "on" : "off");
    tell(
      here === "off"
        ? t("Máy này sẽ hiện thông báo khi tuyến thay đổi hoặc tin báo đã được xem.")
        : t("Máy này thôi hiện thông báo."),
    );
  };
  return (
    <div class="notices">
      <h3>{t("Báo trên máy này")}</h3>
      <p>
        {here === "on"
          ? t("Máy đang được báo khi tuyến trong ca thay đổi hoặc bưu cục đã xem một tin báo, kể cả khi đóng ứng dụng.")
          : t(
              "Khi tuyến trong ca thay đổi hoặc bưu cục đã xem một tin báo, máy hiện một thông báo, kể cả khi đóng ứng dụng. Thông báo không ghi tên và địa chỉ của ai. Bật là đồng ý cho bưu cục giữ địa chỉ nhận thông báo của máy.",
            )}
      </p>
      <Button kind="secondary" onPress={turn}>
        {here === "on" ? t("Thôi báo trên máy này") : t("Bật thông báo")}
      </Button>
    </div>
  );
}
