/** Sentences as gettext keeps them: the Vietnamese stands where it is said, another language is laid over it. */
import type { ComponentChildren } from "preact";

/** Of a sentence with a count one form for each of the language's numbers, called as `Intl.PluralRules` calls them. */
export type Catalogue = Record<string, string | Partial<Record<Intl.LDMLPluralRule, string>>>;

type Names<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Places<Name extends string, V> = [Name] extends [never] ? [] : [places: Record<Name, V>];
type Text = string | number;

let catalogue: Catalogue = {};
let numbers = new Intl.PluralRules("vi");

export function speakBy(entries: Catalogue, language: string): void {
  catalogue = entries;
  numbers = new Intl.PluralRules(language);
}

function found(sentence: string, count?: number): string {
  const said = catalogue[sentence];
  if (said === undefined || typeof said === "string") return said || sentence;
  return (count !== undefined && said[numbers.select(count)]) || said.other || sentence;
}

const fill = (sentence: string, places: Record<string, Text> = {}): string =>
  sentence.replace(/\{(\w+)\}/g, (place, name: string) => String(places[name] ?? place));

/** `t("Gọi quầy {office}", { office })` */
export const t = <S extends string>(sentence: S, ...[places]: Places<Names<S>, Text>): string =>
  fill(found(sentence), places);

/** `plural("{count} việc chờ gửi", waiting)`: other languages tell one from many. */
export const plural = <S extends string>(
  sentence: S,
  count: number,
  ...[places]: Places<Exclude<Names<S>, "count">, Text>
): string => fill(found(sentence, count), { ...places, count });

/** What is told the office: in its words from every phone, and `shown` in those of the reader. */
export const forOffice = (words: string): string => words;
export const shown = (words: string): string => found(words);

/** The same as `t` with parts of a page in its places. */
export const rich = <S extends string>(
  sentence: S,
  ...[places]: Places<Names<S>, ComponentChildren>
): ComponentChildren =>
  found(sentence)
    .split(/\{(\w+)\}/)
    .map((piece, index) => (index % 2 ? (places as Record<string, ComponentChildren>)[piece] : piece));
