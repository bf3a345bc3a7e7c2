import sprite from "../../../../../static/icons/sprite.svg?no-inline";

/** One symbol of the house's sprite, cached with the app. Decorative: the words stand beside it. */
export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" aria-hidden="true" focusable="false">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
