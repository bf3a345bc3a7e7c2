/** Ask before a form that cannot be taken back is sent. */
export function confirmSubmit(element: HTMLElement): void {
  element.addEventListener("submit", (event) => {
    if (!window.confirm(element.dataset.confirm ?? "")) event.preventDefault();
  });
}
