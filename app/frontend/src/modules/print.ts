export function printPage(element: HTMLElement): void {
  element.addEventListener("click", () => window.print());
}
