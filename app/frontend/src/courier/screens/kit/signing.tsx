import { t } from "../../language/sentences";
import type { FileKind } from "../../types";
import type { Pictures } from "./draft";
import { TextField, Tick } from "./fields";
import { Pad } from "./pad";
import { Notice } from "./page";
import { Photo } from "./photo";

export interface Signed {
  thumbprint: boolean;
  witness: string;
  readAloud?: boolean; // drafts of an earlier app know neither
  independent?: boolean;
}

interface SigningProps {
  who: string; // "người gửi", "người nhận"
  signed: Signed;
  pictures: Pictures;
  faults: Record<string, string>;
  withCourier: boolean;
  onChange: (change: Partial<Signed>) => void;
  onPicture: (kind: FileKind, image: Blob | null) => void;
}

/** Both sides sign; who cannot, gives a thumbprint on the slip before a named witness. */
export function Signing(props: SigningProps) {
  const { who, signed, pictures, faults, withCourier, onChange, onPicture } = props;
  return (
    <>
      {signed.thumbprint ? (
        <Thumbprint {...props} />
      ) : (
        <Pad
          label={t("Chữ ký {who}", { who })}
          error={faults.citizen_signature}
          image={pictures.citizen_signature ?? null}
          onSign={(image) => onPicture("citizen_signature", image)}
        />
      )}
      <Tick
        label={t("Không ký được, điểm chỉ trước người làm chứng")}
        checked={signed.thumbprint}
        onTick={(thumbprint) => {
          onPicture("citizen_signature", null);
          onChange({ thumbprint });
        }}
      />
      {withCourier && (
        <Pad
          label={t("Chữ ký bưu tá")}
          error={faults.courier_signature}
          image={pictures.courier_signature ?? null}
          onSign={(image) => onPicture("courier_signature", image)}
        />
      )}
    </>
  );
}

function Thumbprint({ signed, pictures, faults, onChange, onPicture }: SigningProps) {
  return (
    <>
      <Notice title={t("Không có người làm chứng thì không ép")}>
        <p>
          {t("Người làm chứng trên 18 tuổi, không phải người của bưu điện. Chưa có ai thì xin chờ, hoặc hẹn lần khác.")}
        </p>
      </Notice>
      <Tick
        label={t("Đã đọc to nội dung phiếu cho người dân nghe")}
        checked={signed.readAloud ?? false}
        error={faults.readAloud}
        onTick={(readAloud) => onChange({ readAloud })}
      />
      <Photo
        label={t("Chụp dấu điểm chỉ trên phiếu")}
        error={faults.citizen_signature}
        image={pictures.citizen_signature ?? null}
        onTake={(image) => onPicture("citizen_signature", image)}
      />
      <TextField
        label={t("Họ tên người làm chứng")}
        error={faults.witness}
        value={signed.witness}
        onInput={(witness) => onChange({ witness })}
      />
      <Tick
        label={t("Người làm chứng trên 18 tuổi, không phải người của bưu điện")}
        checked={signed.independent ?? false}
        error={faults.independent}
        onTick={(independent) => onChange({ independent })}
      />
      <Pad
        label={t("Chữ ký người làm chứng")}
        error={faults.witness_signature}
        image={pictures.witness_signature ?? null}
        onSign={(image) => onPicture("witness_signature", image)}
      />
    </>
  );
}

export const SIGNATURES = ["citizen_signature", "courier_signature", "witness_signature"] as const;

export function signingFaults(signed: Signed, pictures: Pictures, withCourier: boolean): Record<string, string> {
  const own = signed.thumbprint ? t("Chưa có ảnh dấu điểm chỉ.") : t("Chưa có chữ ký.");
  return {
    ...(!pictures.citizen_signature && { citizen_signature: own }),
    ...(withCourier && !pictures.courier_signature && { courier_signature: t("Chưa có chữ ký của bưu tá.") }),
    ...(signed.thumbprint && witnessFaults(signed, pictures)),
  };
}

function witnessFaults(signed: Signed, pictures: Pictures): Record<string, string> {
  return {
    ...(!signed.readAloud && { readAloud: t("Xin đọc to nội dung phiếu trước khi điểm chỉ.") }),
    ...(!signed.independent && {
      independent: t("Xin mời người làm chứng khác: trên 18 tuổi, không phải người của bưu điện."),
    }),
    ...(!signed.witness.trim() && { witness: t("Chưa có họ tên người làm chứng.") }),
    ...(!pictures.witness_signature && { witness_signature: t("Chưa có chữ ký người làm chứng.") }),
  };
}

/** What goes with the act: the witness's signature only where there is a witness. */
export function filesOf(pictures: Pictures, kinds: readonly FileKind[]): { kind: FileKind; blob: Blob }[] {
  return kinds.flatMap((kind) => {
    const blob = pictures[kind];
    return blob ? [{ kind, blob }] : [];
  });
}
