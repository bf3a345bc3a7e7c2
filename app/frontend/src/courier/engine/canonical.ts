import type { Wire } from "../types";

// what no text can hold on the other side: NUL (PostgreSQL) and halves of a letter (UTF-8)
const UNHOLDABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** RFC 8785 for what is hashed here: strings, integers, booleans, null, lists and objects with ASCII keys. */
export function canonical(value: Wire): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const pairs = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Wire)}`);
    return `{${pairs.join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new TypeError(`${value} is no integer: floats are not hashed`);
  }
  return JSON.stringify(value);
}

/** The same value without letters that the other side cannot keep. */
export function clean(value: Wire): Wire {
  if (typeof value === "string") return value.replace(UNHOLDABLE, "");
  if (Array.isArray(value)) return value.map(clean);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner)]));
  }
  return value;
}
