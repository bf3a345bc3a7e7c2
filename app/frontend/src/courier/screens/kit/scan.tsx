import { useState } from "preact/hooks";
import { TextField, type TextProps } from "./fields";
import { Icon } from "./icon";
import { lazy } from "./lazy";

const Camera = lazy(() => import("./camera").then((module) => module.Camera), <p class="muted">Đang mở máy quét…</p>);

type ScanProps = TextProps & { what: string; onScan?: ((text: string) => void) | undefined };

/** A code from the camera, or typed: the one is never offered without the other. */
export function ScanField({ what, onScan, ...text }: ScanProps) {
  const [open, setOpen] = useState(false);
  const found = (code: string) => {
    setOpen(false);
    (onScan ?? text.onInput)(code);
  };
  return (
    <>
      <TextField capitals {...text}>
        <button
          type="button"
          class="button button--secondary"
          aria-label={`Quét ${what}`}
          onClick={() => setOpen(true)}
        >
          <Icon name="scan" />
          <span>Quét</span>
        </button>
        {text.children}
      </TextField>
      {open && <Camera what={what} onFound={found} onClose={() => setOpen(false)} />}
    </>
  );
}
