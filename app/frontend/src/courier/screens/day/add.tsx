import { useState } from "preact/hooks";
import { checkS10, record } from "../../engine";
import { t } from "../../language/sentences";
import { Button } from "../kit/button";
import { ActionBar, Page } from "../kit/page";
import { ScanField } from "../kit/scan";
import { go, TO } from "../place";
import { tell } from "../trouble";

/** An envelope that is on no stop of today: scanned, and the office answers which household it is. */
export function AddStop() {
  const [code, setCode] = useState("");
  const [error, setError] = useState("");
  const add = async () => {
    const known = checkS10(code);
    if (!known) {
      setError(t("Mã này chưa đúng. Xin quét lại hoặc gõ đủ 13 ký tự in trên nhãn."));
      return;
    }
    await record("stop_added", { payload: { code: known } });
    tell(t("Đã lưu {known}. Khi có mạng, bưu cục gửi địa chỉ về máy.", { known }));
    go(TO.day);
  };
  return (
    <Page
      title={t("Thêm điểm")}
      lead={t("Quét bưu gửi chưa có trong chuyến hôm nay. Cần có mạng để nhận địa chỉ.")}
      back={{ to: TO.day, label: t("Các điểm") }}
    >
      <ScanField
        label={t("Mã bưu gửi")}
        what={t("mã bưu gửi")}
        hint={t("Ví dụ RT473124829VN")}
        value={code}
        error={error}
        onInput={setCode}
      />
      <ActionBar>
        <Button big icon="plus" onPress={add}>
          {t("Thêm vào chuyến")}
        </Button>
      </ActionBar>
    </Page>
  );
}
