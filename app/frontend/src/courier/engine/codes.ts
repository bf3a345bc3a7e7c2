import { sha256, utf8 } from "./bytes";
import { plain, readings } from "./typed-code";

const WEIGHTS = [8, 6, 4, 2, 3, 5, 9, 7];
const S10 = /^([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})$/;
const MOST_PIECES = 6; // Mã: RT 473 124 829 VN
const SEAL = /^[A-Z0-9]{6,20}$/;

function checkDigit(serial: string): number {
  const total = WEIGHTS.reduce((sum, weight, index) => sum + weight * Number(serial[index]), 0);
  const digit = 11 - (total % 11);
  return digit === 10 ? 0 : digit === 11 ? 5 : digit;
}

/** The S10 code in capitals without blanks; null when it is none, its check digit is wrong, or it may be either of two. */
export function checkS10(text: string): string | null {
  const codes = readings(text).filter(isS10);
  return codes.length === 1 ? (codes[0] ?? null) : null;
}

function isS10(code: string): boolean {
  const [, , serial, digit] = S10.exec(code) ?? [];
  return serial !== undefined && checkDigit(serial) === Number(digit);
}

/** Of a field that holds many: a line each, or with commas or blanks between. What is no code stays as it was typed. */
export function splitCodes(text: string): string[] {
  return text.split(/[\r\n,;]+/).flatMap((line) => {
    let words = line.toUpperCase().split(/\s+/).filter(Boolean);
    const codes: string[] = [];
    while (words[0]) {
      const { code, width } = firstOf(words) ?? { code: words[0], width: 1 };
      codes.push(code);
      words = words.slice(width);
    }
    return codes;
  });
}

function firstOf(words: string[]): { code: string; width: number } | null {
  for (let width = 1; width <= MOST_PIECES; width += 1) {
    const code = checkS10(words.slice(0, width).join(" "));
    if (code) return { code, width };
  }
  return null;
}

export function s10(serial: number): string {
  const digits = String(serial).padStart(8, "0");
  return `RT${digits}${checkDigit(digits)}VN`;
}

export const receiptNumber = (prefix: string, serial: number): string => prefix + String(serial).padStart(8, "0");

/** The seal number in capitals without blanks; null unless 6–20 letters and digits. */
export function checkSeal(text: string): string | null {
  const number = plain(text);
  return SEAL.test(number) ? number : null;
}

/** Two digits catch 99 % of typos. `true` is "no typo found", never "right": only the server knows that. */
export async function checkCode(
  errand: { check: { salt: string; digits: string } | null },
  code: string,
): Promise<boolean> {
  const digits = code.replace(/\D/g, "");
  if (digits.length !== 6) return false;
  if (!errand.check) return true;
  const hash = await sha256(utf8(errand.check.salt + digits));
  return BigInt(`0x${hash}`) % 100n === BigInt(errand.check.digits);
}
