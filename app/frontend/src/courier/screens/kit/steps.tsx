/** Where in a longer task one stands, in words and as a bar. */
import { t } from "../../language/sentences";

export function Steps({ at, of }: { at: number; of: number }) {
  return (
    <div class="steps">
      <span>{t("Bước {step} trên {of}", { step: at + 1, of })}</span>
      <span class="steps__dots" aria-hidden="true">
        {Array.from({ length: of }, (_, step) => (
          <span key={step} class={`steps__dot${step < at ? " is-past" : step === at ? " is-current" : ""}`} />
        ))}
      </span>
    </div>
  );
}
