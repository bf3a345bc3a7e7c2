import { useEffect, useRef } from "preact/hooks";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import reader from "zxing-wasm/reader/zxing_reader.wasm?url&no-inline";
import { t } from "../../language/sentences";

prepareZXingModule({ overrides: { locateFile: (path: string) => (path.endsWith(".wasm") ? reader : path) } });

const EVERY_MS = 120;
const AWAY_MS = 900; // out of the picture for so long, it is shown anew
const SIZE = 720; // of the frame that is read: enough for a label held at arm's length

interface Told {
  found: (text: string) => void;
  opened: (track: MediaStreamTrack | null) => void;
  failed: (text: string) => void;
}

/** The picture of the camera behind the phone, read some five times a second until the screen closes. */
export function useReading(video: { current: HTMLVideoElement | null }, told: Told): void {
  const now = useRef(told);
  now.current = told;
  useEffect(() => {
    let stream: MediaStream | null = null;
    let over = false;
    const run = async (picture: HTMLVideoElement) => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (over) {
        stop(stream);
        return;
      }
      now.current.opened(stream.getVideoTracks()[0] ?? null);
      picture.srcObject = stream;
      await picture.play();
      await readOn(
        picture,
        () => over,
        (text) => {
          now.current.found(text);
        },
      );
    };
    if (video.current)
      run(video.current).catch(() => {
        if (!over) now.current.failed(t("Không mở được máy ảnh. Xin cho phép dùng máy ảnh, hoặc gõ mã."));
      });
    return () => {
      over = true;
      stop(stream);
    };
  }, []);
}

function stop(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Tells each code once, as long as it stays in the picture. */
async function readOn(
  picture: HTMLVideoElement,
  isOver: () => boolean,
  onFound: (text: string) => void,
): Promise<void> {
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  let last = { text: "", at: 0 };
  while (!isOver() && brush) {
    const text = await readFrame(picture, canvas, brush);
    if (isOver()) return;
    const isNew = text !== "" && (text !== last.text || performance.now() - last.at > AWAY_MS);
    if (text) last = { text, at: performance.now() };
    if (isNew) onFound(text);
    await new Promise((resume) => setTimeout(resume, EVERY_MS));
  }
}

async function readFrame(
  picture: HTMLVideoElement,
  canvas: HTMLCanvasElement,
  brush: CanvasRenderingContext2D,
): Promise<string> {
  const scale = Math.min(1, SIZE / Math.max(picture.videoWidth, 1));
  canvas.width = Math.max(1, Math.round(picture.videoWidth * scale));
  canvas.height = Math.max(1, Math.round(picture.videoHeight * scale));
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const found = await readBarcodes(brush.getImageData(0, 0, canvas.width, canvas.height), {
    formats: ["QRCode", "Code128", "Code39"],
    maxNumberOfSymbols: 1,
  });
  return found[0]?.text.trim() ?? "";
}
