import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../language/sentences";
import { Button } from "./button";
import { coded } from "./coded";
import { useReading } from "./reading";
import type { Tone } from "./sound";

interface CameraProps {
  what: string;
  onFound: (text: string) => void; // each time a code comes into the picture
  onClose: () => void;
  said?: { tone: Tone; words: string } | null; // of the last one, where the camera stays open
  count?: string;
  full?: boolean; // nothing is left to scan
}

/** The live picture, read for as long as it is open. */
export function Camera({ what, onFound, onClose, said, count, full }: CameraProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [trouble, setTrouble] = useState("");
  const [track, setTrack] = useState<MediaStreamTrack | null>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  useReading(video, { found: onFound, opened: setTrack, failed: setTrouble });
  return (
    <dialog class="camera" ref={dialog} aria-label={t("Quét {what}", { what })} onClose={onClose}>
      {count && <p class="camera__count num">{count}</p>}
      <video class="camera__picture" ref={video} muted playsInline />
      <Said {...(trouble ? { tone: "wrong", words: trouble } : said)}>
        {t("Đưa {what} vào giữa khung hình.", { what })}
      </Said>
      {track && <Torch track={track} />}
      {full ? (
        <Button big icon="check" onPress={onClose}>
          {t("Xong, đóng máy ảnh")}
        </Button>
      ) : (
        <Button kind="secondary" big icon="cross" onPress={onClose}>
          {count ? t("Đóng máy ảnh") : t("Đóng, tôi gõ tay")}
        </Button>
      )}
    </dialog>
  );
}

/** What the last scan was, read aloud; before the first, what to do. */
function Said({ tone, words, children }: { tone?: Tone; words?: string; children: ComponentChildren }) {
  return (
    <p class={tone ? `camera__said camera__said--${tone}` : "camera__said"} role="status">
      {words === undefined ? children : coded(words)}
    </p>
  );
}

/** `torch` is in no typing yet: Chrome on Android has it. */
type Lit = { torch?: boolean };

function Torch({ track }: { track: MediaStreamTrack }) {
  const [lit, setLit] = useState(false);
  const can = (track.getCapabilities as (() => Lit) | undefined)?.call(track).torch;
  if (!can) return null;
  const turn = async () => {
    await track.applyConstraints({ advanced: [{ torch: !lit } as MediaTrackConstraintSet] });
    setLit(!lit);
  };
  return (
    <Button kind="secondary" onPress={turn}>
      {lit ? t("Tắt đèn") : t("Bật đèn")}
    </Button>
  );
}
