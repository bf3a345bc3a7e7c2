import { useEffect, useState } from "preact/hooks";
import { isKept, type Kept } from "../../engine";
import { t } from "../../language/sentences";
import { Notice } from "../kit/page";
import { FULL } from "../trouble";
import { InstallOffer } from "./install";

/** Whether the phone has room, and whether the browser may clear what is here. */
export function StorageNotice({ full }: { full: boolean }) {
  const [kept, setKept] = useState<Kept | null>(null);
  useEffect(() => void isKept().then(setKept), []);
  return (
    <>
      {full && (
        <Notice tone="bad" title={t("Điện thoại hết chỗ lưu")}>
          <p>{FULL}</p>
        </Notice>
      )}
      {kept !== null && kept !== "kept" && (
        <Notice title={t("Xin đừng xóa dữ liệu trình duyệt")}>
          <p>
            {t(
              "Trình duyệt chưa hứa giữ dữ liệu của ứng dụng. Cài Tận Nhà vào màn hình chính thì dữ liệu chưa gửi được giữ chắc hơn: mở thực đơn của trình duyệt, chọn “Thêm vào màn hình chính”.",
            )}
          </p>
        </Notice>
      )}
      {kept === "kept" && (
        <p class="muted">{t("Điện thoại đã hứa giữ dữ liệu của ứng dụng, kể cả khi gần đầy bộ nhớ.")}</p>
      )}
      <InstallOffer />
    </>
  );
}
