/**
 * Codes as people, printers and scanners give them; the office reads them the same (`app/domain/typed_code.py`, one list
 * of cases). What a keyboard for Vietnamese has made of two keys is undone: Telex turns ES into É and DD into Đ.
 */

const STROKE = "\u0335"; // Đ has no decomposition of its own
const LONGEST = 60;
const MARKED = 4; // of two letters before and two behind
const BEFORE = /^(?:\][A-Z][0-9A-F]|Ư[A-Z][0-9](?=[A-Z])|[^0-9]*[:/=#])/; // Telex: a ] is an Ư
const LETTER = /([A-Z0-9])([\u0300-\u0335]*)/g;
const TELEX: Record<string, string> = {
  ...{ "\u0301": "S", "\u0300": "F", "\u0309": "R", "\u0303": "X", "\u0323": "J" },
  ...{ "\u0306": "W", "\u031b": "W" },
};
const VNI: Record<string, string> = {
  ...{ "\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5" },
  ...{ "\u0302": "6", "\u031b": "7", "\u0306": "8", [STROKE]: "9" },
};

/** Capitals and digits as on the label, without blanks, hyphens and what a scanner or a word puts before them. */
export function plain(text: string): string {
  const shown = text
    .slice(0, 4 * LONGEST)
    .normalize("NFKC")
    .toUpperCase();
  return shown.replace(/[\p{Z}\p{Cc}\p{Cf}\p{Pd}]/gu, "").replace(BEFORE, "");
}

/** What may have been meant: as it stands, or as it was before the keyboard joined keys into a Vietnamese letter. */
export function readings(text: string): string[] {
  const spread = plain(text).replaceAll("Đ", `D${STROKE}`).normalize("NFD");
  const letters = [...spread.matchAll(LETTER)];
  const isWhole = spread.length <= LONGEST && letters.map(([all]) => all).join("") === spread;
  if (!isWhole || letters.filter(([, , marks]) => marks).length > MARKED) return [];
  const begun = (before: string[], keys: string[]): string[] => before.flatMap((one) => keys.map((key) => one + key));
  return [...new Set(letters.map(([, base = "", marks = ""]) => keysOf(base, marks)).reduce(begun, [""]))];
}

function keysOf(base: string, marks: string): string[] {
  if (!marks) return [base];
  const telex = marks.replace(/./gu, (mark) => TELEX[mark] ?? base);
  const vni = marks.replace(/./gu, (mark) => VNI[mark] ?? "");
  const alone = base === "U" && marks === "\u031b" ? ["W"] : []; // Telex: a W by itself is Ư
  return [base, base + telex, base + vni, ...alone];
}
