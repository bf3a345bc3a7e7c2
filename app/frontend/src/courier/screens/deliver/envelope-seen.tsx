import { t } from "../../language/sentences";
import { Button } from "../kit/button";
import { Photo } from "../kit/photo";
import { pictureOf, type SignedHere } from "../kit/signed-here";

interface EnvelopeSeenProps {
  offer: SignedHere | null;
  fault: string | undefined;
  image: Blob | null;
  onTake: (image: Blob | null) => void;
}

/** Where papers prove the receiver, a picture of the sealed envelope: several envelopes may lie in one picture. */
export function EnvelopeSeen({ offer, fault, image, onTake }: EnvelopeSeenProps) {
  const take = async () => onTake(await pictureOf("envelope"));
  return (
    <>
      <Photo label={t("Chụp phong bì còn niêm phong")} error={fault} image={image} onTake={onTake} />
      {offer?.envelope && !image && (
        <div class="field">
          <p class="field__hint">{t("Nếu trong ảnh vừa chụp thấy rõ cả phong bì này:")}</p>
          <Button kind="secondary" icon="check" onPress={take}>
            {t("Dùng ảnh vừa chụp ở điểm này")}
          </Button>
        </div>
      )}
    </>
  );
}
