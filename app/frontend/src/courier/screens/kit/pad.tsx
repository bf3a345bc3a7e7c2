import { useEffect, useRef } from "preact/hooks";
import SignaturePad from "signature_pad";
import { t } from "../../language/sentences";
import { Problem } from "./fields";
import { usePicture } from "./photo";

interface PadProps {
  label: string;
  error?: string | undefined;
  image: Blob | null;
  onSign: (image: Blob | null) => void;
}

const INK = "#10221f"; // on white in both schemes: what is stored is printed on paper

/** Somebody signs with a finger. A signature kept in the draft is shown, and can be done again. */
export function Pad({ label, error, image, onSign }: PadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const fresh = useRef(false);
  const kept = usePicture(fresh.current ? null : image);
  const pad = usePad(canvas, (blob) => {
    fresh.current = true;
    onSign(blob);
  });
  const clear = () => {
    pad.clear();
    onSign(null);
  };
  return (
    <div class={error ? "field has-error" : "field"}>
      <p class="field__label">{label}</p>
      {error && <Problem text={error} />}
      <div class="pad">
        <canvas class="pad__canvas" ref={canvas} role="img" aria-label={t("Khung ký: {label}", { label })} />
        {kept && <img class="pad__kept" src={kept} alt={t("Chữ ký đã lưu")} />}
      </div>
      <p class="pad__foot">
        <span class="muted" role="status">
          {image ? t("Đã ký") : t("Ký bằng ngón tay trong khung")}
        </span>
        <button type="button" class="button button--quiet" onClick={clear} aria-label={t("Ký lại: {label}", { label })}>
          {t("Ký lại")}
        </button>
      </p>
    </div>
  );
}

function usePad(canvas: { current: HTMLCanvasElement | null }, onSign: (image: Blob | null) => void) {
  const pad = useRef<SignaturePad | null>(null);
  const report = useRef(onSign);
  const latest = useRef(0); // a slow phone answers late: a picture of what is no longer there is nobody's signature
  report.current = onSign;
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const ratio = Math.min(window.devicePixelRatio, 2);
    element.width = element.offsetWidth * ratio;
    element.height = element.offsetHeight * ratio;
    element.getContext("2d")?.scale(ratio, ratio);
    const made = new SignaturePad(element, { backgroundColor: "#ffffff", penColor: INK, minDistance: 2 });
    const send = () => {
      latest.current += 1;
      const drawn = latest.current;
      element.toBlob((image) => {
        if (drawn === latest.current) report.current(image);
      }, "image/png");
    };
    made.addEventListener("endStroke", send);
    pad.current = made;
    return () => {
      latest.current += 1;
      made.removeEventListener("endStroke", send);
      made.off();
    };
  }, [canvas]);
  const clear = () => {
    latest.current += 1;
    pad.current?.clear();
  };
  return { clear };
}
