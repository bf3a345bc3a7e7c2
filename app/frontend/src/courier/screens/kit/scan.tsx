import { useEffect, useState } from "preact/hooks";
import { t } from "../../language/sentences";
import { coded } from "./coded";
import { TextField, type TextProps } from "./fields";
import { Icon } from "./icon";
import { lazy } from "./lazy";
import { signal, type Tone } from "./sound";

const Camera = lazy(
  () => import("./camera").then((module) => module.Camera),
  <p class="muted">{t("Đang mở máy quét…")}</p>,
);

type ScanProps = TextProps & {
  what: string;
  onScan?: ((text: string) => unknown) | undefined; // false: a wrong one, which sounds so
  eager?: boolean; // the next thing to do is this scan: the camera opens by itself, where it may
};

/** A code from the camera, or typed: the one is never offered without the other. */
export function ScanField({ what, onScan, eager = false, ...text }: ScanProps) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (eager) void isCameraAllowed().then(setOpen);
  }, []);
  const found = (code: string) => {
    setOpen(false);
    const tell: (text: string) => unknown = onScan ?? text.onInput;
    signal(tell(code) === false ? "wrong" : "good");
  };
  return (
    <>
      <TextField capitals {...text}>
        <ScanButton what={what} onPress={() => setOpen(true)} />
        {text.children}
      </TextField>
      {open && <Camera what={what} onFound={found} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Allowed before, so that opening it asks nobody; a browser that does not say is asked by the button. */
async function isCameraAllowed(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: "camera" });
    return state === "granted";
  } catch {
    return false;
  }
}

export interface ManyScansProps extends TextProps {
  what: string;
  onScan: (text: string) => void;
  said: { tone: Tone; words: string } | null;
  count: string;
  full: boolean;
}

/** Many codes in one go: the camera stays open, each is told at once; Enter ends a typed one, as a hand scanner does. */
export function ManyScans({ what, onScan, said, count, full, ...text }: ManyScansProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <TextField capitals {...text} onEnter={() => text.value.trim() && onScan(text.value)}>
        <ScanButton what={what} onPress={() => setOpen(true)} />
      </TextField>
      {open ? (
        <Camera what={what} onFound={onScan} onClose={() => setOpen(false)} said={said} count={count} full={full} />
      ) : (
        <p class={said ? `camera__said camera__said--${said.tone}` : "visually-hidden"} role="status">
          {said && coded(`${said.words} ${count}`)}
        </p>
      )}
    </>
  );
}

function ScanButton({ what, onPress }: { what: string; onPress: () => void }) {
  return (
    <button type="button" class="button button--secondary" aria-label={t("Quét {what}", { what })} onClick={onPress}>
      <Icon name="scan" />
      <span>{t("Quét")}</span>
    </button>
  );
}
