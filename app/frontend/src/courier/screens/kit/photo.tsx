import { useEffect, useId, useState } from "preact/hooks";
import { shrinkPhoto } from "../../engine";
import { t } from "../../language/sentences";
import { say } from "../trouble";
import { Problem } from "./fields";
import { Icon } from "./icon";

/** An address of the picture for as long as it is shown. */
export function usePicture(image: Blob | null): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!image) {
      setAddress(null);
      return;
    }
    const made = URL.createObjectURL(image);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [image]);
  return address;
}

function Words({ label, busy, taken }: { label: string; busy: boolean; taken: boolean }) {
  if (busy) return <span>{t("Đang lưu ảnh…")}</span>;
  if (!taken) return <span>{label}</span>;
  return (
    <span>
      <span class="visually-hidden">{label}: </span>
      {t("Đã chụp. Bấm để chụp lại")}
    </span>
  );
}

interface PhotoProps {
  label: string; // an imperative: "Chụp phong bì đã niêm phong"
  hint?: string | undefined;
  error?: string | undefined;
  image: Blob | null;
  onTake: (image: Blob | null) => void;
}

/** The phone's own camera, one tap; the picture is made small before it is kept. */
export function Photo({ label, hint, error, image, onTake }: PhotoProps) {
  const id = useId();
  const picture = usePicture(image);
  const [busy, setBusy] = useState(false);
  const take = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    setBusy(true);
    try {
      onTake(await shrinkPhoto(file));
    } catch (error_) {
      say(error_);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class={error ? "field has-error" : "field"}>
      {hint && <p class="field__hint">{hint}</p>}
      {error && <Problem text={error} />}
      <div class="photo">
        <input
          class="photo__input"
          type="file"
          accept="image/*"
          capture="environment"
          id={id}
          onChange={(event) => void take(event.currentTarget)}
        />
        <label class={image ? "photo__label is-taken" : "photo__label"} for={id}>
          <Icon name={image ? "check" : "upload"} />
          <Words label={label} busy={busy} taken={Boolean(image)} />
        </label>
        {picture && <img class="photo__seen" src={picture} alt="" />}
      </div>
    </div>
  );
}
