import { choose, language, LANGUAGES, NAMES } from "../../language/chosen";
import { t } from "../../language/sentences";

/** Each language is called by its own name: who needs it can't read the others. */
export function LanguageChoice() {
  return (
    <p class="languages" role="group" aria-label={t("Ngôn ngữ")}>
      {LANGUAGES.map((one) => (
        <button
          key={one}
          type="button"
          class="button button--quiet"
          lang={one}
          aria-pressed={one === language}
          onClick={() => choose(one)}
        >
          {NAMES[one]}
        </button>
      ))}
    </p>
  );
}
