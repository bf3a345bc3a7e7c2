import { useState } from "preact/hooks";
import { position, record } from "../../engine";
import { t } from "../../language/sentences";
import type { Bundle, Fix } from "../../types";
import { addressOf } from "../day/stop-facts";
import { Button } from "../kit/button";
import { TextField } from "../kit/fields";
import { ActionBar, Page } from "../kit/page";
import { go, TO } from "../place";
import { Refusal, tell } from "../trouble";
import { NoDoor } from "./door";

const PAIR = /^\s*(-?\d{1,2}[.,]\d{3,})[\s,;]+(-?\d{1,3}[.,]\d{3,})\s*$/;
const millionths = (text: string | undefined): number => Math.round(Number((text ?? "").replace(",", ".")) * 1e6);

/** The pin of a door, put right by who stands there. */
export function Pin({ bundle, id }: { bundle: Bundle; id: string | undefined }) {
  const [typed, setTyped] = useState("");
  const [fix, setFix] = useState<Fix | null>(null);
  const stop = bundle.stops.find((one) => String(one.id) === id);
  if (!stop) return <NoDoor />;
  const look = async () => {
    const found = await position();
    if (!found)
      throw new Refusal(t("Điện thoại chưa tìm được vị trí. Xin bật định vị, ra chỗ thoáng, hoặc gõ tọa độ."));
    setFix(found);
  };
  const save = async () => {
    const [, lat, lon] = PAIR.exec(typed) ?? [];
    const at = lat ? { lon_e6: millionths(lon), lat_e6: millionths(lat) } : fix;
    if (!at) throw new Refusal(t("Chưa có vị trí. Xin bấm “Lấy vị trí đang đứng” hoặc gõ tọa độ."));
    await record("pin_corrected", { payload: { place_id: stop.place.id, lon_e6: at.lon_e6, lat_e6: at.lat_e6 } });
    tell(t("Đã lưu vị trí nhà. Lần sau ai đến cũng dễ tìm."));
    go(TO.stop(stop.id));
  };
  return (
    <Page
      title={t("Sửa vị trí nhà")}
      lead={t("{address}. Xin đứng trước cửa nhà.", { address: addressOf(stop) })}
      back={{ to: TO.stop(stop.id), label: t("Điểm {sequence}", { sequence: stop.sequence }) }}
    >
      <Button kind="secondary" icon="pin" onPress={look}>
        {t("Lấy vị trí đang đứng")}
      </Button>
      <p role="status">{fix && t("Đã có vị trí, sai số {accuracy_m} m.", { accuracy_m: fix.accuracy_m })}</p>
      <TextField
        label={t("Hoặc gõ tọa độ")}
        hint={t("Chép từ bản đồ khác, ví dụ 13.98123, 108.00456")}
        value={typed}
        onInput={setTyped}
        optional
      />
      <ActionBar>
        <Button big icon="check" onPress={save}>
          {t("Lưu vị trí")}
        </Button>
      </ActionBar>
    </Page>
  );
}
