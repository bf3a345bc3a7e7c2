import { useState } from "preact/hooks";
import { checkS10, record } from "../../engine";
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
      setError("Mã này chưa đúng. Xin quét lại hoặc gõ đủ 13 ký tự in trên nhãn.");
      return;
    }
    await record("stop_added", { payload: { code: known } });
    tell(`Đã lưu ${known}. Khi có mạng, bưu cục gửi địa chỉ về máy.`);
    go(TO.day);
  };
  return (
    <Page
      title="Thêm điểm"
      lead="Quét bưu gửi chưa có trong chuyến hôm nay. Cần có mạng để nhận địa chỉ."
      back={{ to: TO.day, label: "Các điểm" }}
    >
      <ScanField
        label="Mã bưu gửi"
        what="mã bưu gửi"
        hint="Ví dụ RT473124829VN"
        value={code}
        error={error}
        onInput={setCode}
      />
      <ActionBar>
        <Button big icon="plus" onPress={add}>
          Thêm vào chuyến
        </Button>
      </ActionBar>
    </Page>
  );
}
