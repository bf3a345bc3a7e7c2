/** Read the errors out first. */
export function focusErrors(element: HTMLElement): void {
  element.focus();
}
