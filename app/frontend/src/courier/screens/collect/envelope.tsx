import { checkS10, checkSeal, nextLabel } from "../../engine";
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

/** Slips signed on paper first, then the label, the seal, and a picture of the closed envelope. */
export function Envelope({ visitKey, carriesCopy, form, photo, faults, onChange, onPhoto }: EnvelopeProps) {
  const next = async () => onChange({ label: await nextLabel(visitKey) });
  return (
    <>
      <Tick
        label="Hai bên đã ký hai bản phiếu gửi hồ sơ"
        hint={carriesCopy ? "Ký trước khi niêm phong. Một bản bỏ vào phong bì." : "Ký trước khi niêm phong."}
        error={faults.slips}
        checked={form.slips}
        onTick={(slips) => onChange({ slips })}
      />
      <div class="with-button">
        <ScanField
          label="Mã bưu gửi trên nhãn"
          what="nhãn bưu gửi"
          hint="Số trên máy khác số trên cuộn thì quét nhãn: máy đi theo cuộn giấy."
          value={form.label}
          error={faults.label}
          onInput={(label) => onChange({ label })}
        />
        <Button kind="secondary" onPress={next}>
          Lấy nhãn tiếp theo của cuộn
        </Button>
      </div>
      <ScanField
        label="Số niêm phong"
        what="niêm phong"
        hint="In trên dây niêm phong. Dán kín trước mặt người dân."
        value={form.seal}
        error={faults.seal}
        onInput={(seal) => onChange({ seal })}
      />
      <Photo label="Chụp phong bì đã niêm phong" error={faults.envelope} image={photo} onTake={onPhoto} />
    </>
  );
}

export function envelopeFaults(form: CollectForm, photo: Blob | null): Faults {
  return {
    ...(!form.slips && { slips: "Hai bản phiếu phải được ký trước khi niêm phong." }),
    ...(!checkS10(form.label) && { label: "Mã bưu gửi chưa đúng. Xin quét lại hoặc gõ đủ 13 ký tự trên nhãn." }),
    ...(!checkSeal(form.seal) && { seal: "Số niêm phong gồm 6 đến 20 chữ và số. Xin quét hoặc gõ lại." }),
    ...(!photo && { envelope: "Chưa có ảnh phong bì. Xin chụp một ảnh." }),
  };
}
