import { t } from "../../language/sentences";
import type { FileKind } from "../../types";
import { clock } from "../time";
import { Button } from "./button";
import type { Pictures } from "./draft";
import { TextField, Tick } from "./fields";
import { Pad } from "./pad";
import { Notice } from "./page";
import { Photo } from "./photo";
import { isSamePerson, pictureOf, type SignedHere } from "./signed-here";

export interface Signed {
  thumbprint: boolean;
  witness: string;
  readAloud?: boolean; // drafts of an earlier app know neither
  independent?: boolean;
  taken?: Pick<SignedHere, "op_id" | "name"> | null; // over from the act before at this door
}

interface SigningProps {
  who: string; // "người gửi", "người nhận"
  consent?: string | undefined; // as it was agreed to; read aloud to who cannot read
  signed: Signed;
  pictures: Pictures;
  faults: Record<string, string>;
  withCourier: boolean;
  offer: SignedHere | null; // what this person has just signed here
  onChange: (change: Partial<Signed>) => void;
  onPicture: (kind: FileKind, image: Blob | null) => void;
}

/** Both sides sign; who cannot, gives a thumbprint on the slip before a named witness. */
export function Signing(props: SigningProps) {
  const { who, signed, pictures, faults, withCourier, offer, onChange, onPicture } = props;
  const sign = (image: Blob | null) => {
    if (signed.taken) onChange({ taken: null });
    onPicture("citizen_signature", image);
  };
  return (
    <>
      {offer && !signed.thumbprint && !pictures.citizen_signature && <TakeOver {...props} offer={offer} />}
      {signed.thumbprint ? (
        <Thumbprint {...props} />
      ) : (
        <Pad
          label={t("Chữ ký {who}", { who })}
          error={faults.citizen_signature}
          image={pictures.citizen_signature ?? null}
          onSign={sign}
        />
      )}
      <Tick
        label={t("Không ký được, điểm chỉ trước người làm chứng")}
        checked={signed.thumbprint}
        onTick={(thumbprint) => {
          onPicture("citizen_signature", null);
          onPicture("witness_signature", null); // who witnesses nothing leaves nothing behind
          onChange({ thumbprint, taken: null, witness: "", readAloud: false, independent: false });
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

/** One signature for several errands of one person, who says so: each errand keeps its own act. */
function TakeOver({ offer, withCourier, onChange, onPicture }: SigningProps & { offer: SignedHere }) {
  const { op_id, name, at } = offer;
  const take = async () => {
    for (const kind of withCourier ? BOTH : BOTH.slice(0, 1)) {
      const signature = await pictureOf(kind);
      if (signature) onPicture(kind, signature);
    }
    onChange({ taken: { op_id, name } });
  };
  return (
    <div class="field">
      <p class="field__hint">
        {t("{name} vừa ký lúc {time}. Nếu vẫn là người này và người này đồng ý:", { name, time: clock(new Date(at)) })}
      </p>
      <Button kind="secondary" icon="check" onPress={take}>
        {t("Dùng chữ ký vừa ký ở điểm này")}
      </Button>
    </div>
  );
}

const BOTH = ["citizen_signature", "courier_signature"] as const;

function Thumbprint({ who, consent, signed, pictures, faults, onChange, onPicture }: SigningProps) {
  return (
    <>
      <Notice title={t("Không có người làm chứng thì không ép")}>
        <p>
          {t("Người làm chứng trên 18 tuổi, không phải người của bưu điện. Chưa có ai thì xin chờ, hoặc hẹn lần khác.")}
        </p>
      </Notice>
      {consent && (
        <>
          <p>{t("Xin đọc to nội dung phiếu, rồi đọc to lời này:")}</p>
          <blockquote class="read-aloud">{consent}</blockquote>
        </>
      )}
      <Tick
        label={t("Đã đọc to cho {who} nghe, người ấy đồng ý", { who })}
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

/** `name`: of the person who has to sign. */
export function signingFaults(
  signed: Signed,
  pictures: Pictures,
  withCourier: boolean,
  name: string,
): Record<string, string> {
  const own = citizenFault(signed, pictures, name);
  return {
    ...(own && { citizen_signature: own }),
    ...(withCourier && !pictures.courier_signature && { courier_signature: t("Chưa có chữ ký của bưu tá.") }),
    ...(signed.thumbprint && witnessFaults(signed, pictures)),
  };
}

function citizenFault({ thumbprint, taken }: Signed, pictures: Pictures, name: string): string | null {
  if (!pictures.citizen_signature) return thumbprint ? t("Chưa có ảnh dấu điểm chỉ.") : t("Chưa có chữ ký.");
  return taken && !isSamePerson(taken.name, name)
    ? t("Chữ ký này là của {name}. Xin bấm “Ký lại”.", { name: taken.name })
    : null;
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
