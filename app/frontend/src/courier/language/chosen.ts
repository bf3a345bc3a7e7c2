/** The language of this phone: Vietnamese until its courier chooses another; known before the first screen is drawn. */
import { outside } from "../engine/outside";
import { type Catalogue, speakBy } from "./sentences";

const LINE = "tannha-language";

/** Called so in every language. */
export const NAMES = { vi: "Tiếng Việt", en: "English" };
export type Language = keyof typeof NAMES;
export const LANGUAGES = Object.keys(NAMES) as Language[];

const CATALOGUES: Partial<Record<Language, () => Promise<{ default: Catalogue }>>> = {
  en: () => import("./en.json"),
};

function kept(): Language {
  for (const place of [outside.line, outside.tab]) {
    try {
      const line = place.read(LINE);
      return LANGUAGES.find((one) => one === line) ?? "vi";
    } catch {
      continue; // a browser that keeps no lines
    }
  }
  return "vi";
}

export const language = kept();

/** Of numbers and dates. */
export const LOCALE = { vi: "vi-VN", en: "en-GB" }[language];

/** Once, before the modules that hold sentences are read. Without its catalogue the app speaks Vietnamese. */
export async function prepareLanguage(): Promise<void> {
  document.documentElement.lang = language;
  try {
    const catalogue = await CATALOGUES[language]?.();
    if (catalogue) speakBy(catalogue.default, language);
  } catch (fault) {
    document.documentElement.lang = "vi";
    outside.report(fault);
  }
}

/** The app begins anew in it; what was recorded and what was being filled in is kept. */
export function choose(wanted: Language): void {
  try {
    outside.line.write(LINE, wanted);
  } catch {
    outside.tab.write(LINE, wanted);
  }
  location.reload();
}
