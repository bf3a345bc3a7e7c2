import { checkS10, checkSeal, nextLabel } from "../../engine";
import { t } from "../../language/sentences";
import { Button } from "../kit/button";
import { Tick } from "../kit/fields";
import { Photo } from "../kit/photo";
import { ScanField } from "../kit/scan";
import type { CollectForm, Faults } from "./facts";

interface EnvelopeProps {
  visitKey: string;
  carriesCopy: boolean;
  form: CollectForm;
  photo: Blob | null;
  faults: Faults;
  onChange: (change: Partial<CollectForm>) => void;
  onPhoto: (image: Blob | null) => void;
}

/** Of a procedure whose published list names the slip itself. */
const SIGNED_SLIP = t(
  "Hồ sơ này cần phiếu có chữ ký: hai bên ký liên 2 bằng bút. Bưu tá ký thêm liên 1; người gửi ký trên máy ở bước cuối.",
);

/** The slip's two copies first, then the label, the seal, and a picture of the closed envelope. */
export function Envelope({ visitKey, carriesCopy, form, photo, faults, onChange, onPhoto }: EnvelopeProps) {
  const next = async () => onChange({ label: await nextLabel(visitKey) });
  return (
    <>
      <Tick
        label={t("Đã đưa liên 1 cho người gửi, bỏ liên 2 vào phong bì")}
        hint={carriesCopy ? SIGNED_SLIP : t("Bưu tá ký liên 1. Người gửi không ký giấy, chỉ ký trên máy ở bước cuối.")}
        error={faults.slips}
        checked={form.slips}
        onTick={(slips) => onChange({ slips })}
      />
      <div class="with-button">
        <ScanField
          label={t("Mã bưu gửi trên nhãn")}
          what={t("nhãn bưu gửi")}
          hint={t("Số trên máy khác số trên cuộn thì quét nhãn: máy đi theo cuộn giấy.")}
          value={form.label}
          error={faults.label}
          onInput={(label) => onChange({ label })}
        />
        <Button kind="secondary" onPress={next}>
          {t("Lấy nhãn tiếp theo của cuộn")}
        </Button>
      </div>
      <ScanField
        label={t("Số niêm phong")}
        what={t("niêm phong")}
        hint={t("In trên dây niêm phong. Dán kín trước mặt người dân.")}
        value={form.seal}
        error={faults.seal}
        onInput={(seal) => onChange({ seal })}
      />
      <Photo label={t("Chụp phong bì đã niêm phong")} error={faults.envelope} image={photo} onTake={onPhoto} />
    </>
  );
}

export function envelopeFaults(form: CollectForm, photo: Blob | null): Faults {
  return {
    ...(!form.slips && { slips: t("Xin đưa liên 1 cho người gửi và bỏ liên 2 vào phong bì, trước khi niêm phong.") }),
    ...(!checkS10(form.label) && { label: t("Mã bưu gửi chưa đúng. Xin quét lại hoặc gõ đủ 13 ký tự trên nhãn.") }),
    ...(!checkSeal(form.seal) && { seal: t("Số niêm phong gồm 6 đến 20 chữ và số. Xin quét hoặc gõ lại.") }),
    ...(!photo && { envelope: t("Chưa có ảnh phong bì. Xin chụp một ảnh.") }),
  };
}
