/** A scanner types Enter behind a code: on a form of several fields it leads to the next one, and sends nothing half filled. */
export function enterLeadsOn(element: HTMLElement): void {
  if (!(element instanceof HTMLInputElement)) return;
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !element.value.trim()) return;
    event.preventDefault();
    const fields = [
      ...(element.form?.querySelectorAll<HTMLElement>("input:not([type=hidden]), select, textarea, button") ?? []),
    ];
    fields[fields.indexOf(element) + 1]?.focus();
  });
}
