/** What a scan sounds and feels like: right, seen before, wrong; told apart with eyes on the envelopes. */

export type Tone = "good" | "again" | "wrong";

interface Note {
  hertz: number;
  from: number; // seconds
  lasts: number;
  wave: OscillatorType;
}

const NOTES: Record<Tone, Note[]> = {
  good: [{ hertz: 1760, from: 0, lasts: 0.09, wave: "sine" }],
  again: [
    { hertz: 880, from: 0, lasts: 0.06, wave: "sine" },
    { hertz: 880, from: 0.12, lasts: 0.06, wave: "sine" },
  ],
  wrong: [
    { hertz: 220, from: 0, lasts: 0.2, wave: "square" },
    { hertz: 165, from: 0.22, lasts: 0.35, wave: "square" },
  ],
};
const SHAKES: Record<Tone, number[]> = { good: [50], again: [40, 60, 40], wrong: [300] };
const LOUD = 0.25;

let audio: AudioContext | null = null;

/** A phone without sound or motor tells it on the screen alone. */
export function signal(tone: Tone): void {
  if ("vibrate" in navigator) navigator.vibrate(SHAKES[tone]);
  if (!("AudioContext" in window)) return;
  audio ??= new AudioContext();
  void audio.resume();
  for (const note of NOTES[tone]) play(audio, note);
}

function play(on: AudioContext, { hertz, from, lasts, wave }: Note): void {
  const [tone, loudness, begins] = [on.createOscillator(), on.createGain(), on.currentTime + from];
  tone.type = wave;
  tone.frequency.value = hertz;
  loudness.gain.setValueAtTime(LOUD, begins);
  loudness.gain.exponentialRampToValueAtTime(0.001, begins + lasts);
  tone.connect(loudness).connect(on.destination);
  tone.start(begins);
  tone.stop(begins + lasts);
}
