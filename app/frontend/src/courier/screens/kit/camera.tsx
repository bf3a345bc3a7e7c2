import { useEffect, useRef, useState } from "preact/hooks";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import reader from "zxing-wasm/reader/zxing_reader.wasm?url&no-inline";
import { Button } from "./button";

prepareZXingModule({ overrides: { locateFile: (path: string) => (path.endsWith(".wasm") ? reader : path) } });

interface CameraProps {
  what: string;
  onFound: (text: string) => void;
  onClose: () => void;
}

const EVERY_MS = 250;
const SIZE = 720; // of the frame that is read: enough for a label held at arm's length

/** The live picture, read four times a second until a code is in it. */
export function Camera({ what, onFound, onClose }: CameraProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  useReading(video, onFound, setTrouble);
  return (
    <dialog class="camera" ref={dialog} aria-label={`Quét ${what}`} onClose={onClose}>
      <video class="camera__picture" ref={video} muted playsInline />
      <p role="status">{trouble || `Đưa ${what} vào giữa khung hình.`}</p>
      <Button kind="secondary" big icon="cross" onPress={onClose}>
        Đóng, tôi gõ tay
      </Button>
    </dialog>
  );
}

function useReading(
  video: { current: HTMLVideoElement | null },
  onFound: (text: string) => void,
  onTrouble: (text: string) => void,
): void {
  useEffect(() => {
    let stream: MediaStream | null = null;
    let over = false;
    const run = async (picture: HTMLVideoElement) => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      picture.srcObject = stream;
      await picture.play();
      const text = await firstCode(picture, () => over);
      if (text) onFound(text);
    };
    if (video.current)
      run(video.current).catch(() => onTrouble("Không mở được máy ảnh. Xin cho phép dùng máy ảnh, hoặc gõ mã."));
    return () => {
      over = true;
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, []);
}

async function firstCode(picture: HTMLVideoElement, isOver: () => boolean): Promise<string | null> {
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  while (!isOver() && brush) {
    const scale = Math.min(1, SIZE / Math.max(picture.videoWidth, 1));
    canvas.width = Math.max(1, Math.round(picture.videoWidth * scale));
    canvas.height = Math.max(1, Math.round(picture.videoHeight * scale));
    brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const found = await readBarcodes(brush.getImageData(0, 0, canvas.width, canvas.height), {
      formats: ["QRCode", "Code128", "Code39"],
      maxNumberOfSymbols: 1,
    });
    const text = found[0]?.text.trim();
    if (text) return text;
    await new Promise((resume) => setTimeout(resume, EVERY_MS));
  }
  return null;
}
