/** Put `data-copy` on the clipboard and say so on the button. */
export function copyText(element: HTMLElement): void {
  const label = element.querySelector("button span");
  // browsers have no clipboard outside https and localhost
  if (!label || !("clipboard" in navigator)) {
    element.hidden = true;
    return;
  }
  const before = label.textContent;
  element.addEventListener("click", () => {
    void navigator.clipboard.writeText(element.dataset.copy ?? "").then(() => {
      label.textContent = element.dataset.done ?? before;
      window.setTimeout(() => {
        label.textContent = before;
      }, 3000);
    });
  });
}
