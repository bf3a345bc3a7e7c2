"""A camera made of a drawing: labels are held before it, as they are printed. Sound and motor are written down, not replaced."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import Page

from app.services.documents.barcode import code128

CAMERA = """
const table = document.createElement("canvas");
[table.width, table.height] = [640, 480];
const brush = table.getContext("2d");
window.camera = { sounds: [], took: [], shakes: [], lit: null, opened: 0, held: 0 };
window.hold = (bars) => {
  brush.fillStyle = "white";
  brush.fillRect(0, 0, 640, 480);
  brush.fillStyle = "black";
  let at = 60;
  bars.forEach((width, place) => {
    if (place % 2 === 0) brush.fillRect(at, 140, width * 3, 200);
    at += width * 3;
  });
  camera.held = performance.now();
};
hold([]);
setInterval(() => brush.fillRect(0, 479, 1, 1), 50); // a picture that never changes sends no frames
navigator.mediaDevices.getUserMedia = async () => {
  camera.opened += 1;
  const stream = table.captureStream(15), [track] = stream.getVideoTracks();
  track.getCapabilities = () => ({ torch: true });
  track.applyConstraints = async (wanted) => { camera.lit = wanted.advanced[0].torch; };
  return stream;
};
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  const tone = make.call(this), start = tone.start;
  tone.start = function (...at) {
    camera.sounds.push(tone.frequency.value);
    camera.took.push(performance.now() - camera.held);
    start.apply(this, at);
  };
  return tone;
};
navigator.vibrate = (pattern) => { camera.shakes.push(pattern); return true; };
"""


def put_up(page: Page) -> None:
    """Before the app is opened."""
    page.add_init_script(CAMERA)


def hold(page: Page, text: str) -> None:
    """A label comes before the lens; no text: nothing does."""
    bars: Sequence[int] = code128(text) if text else ()
    page.evaluate("bars => hold(bars)", bars)
