const RELEASE_MS = 8000;

/** A second tap on a slow line must not send a form again; the server is idempotent, this spares the wait. */
export function sendOnce(root: Document): void {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    mark(form);
    // a download leaves the page where it is
    window.setTimeout(() => release(form), RELEASE_MS);
  });
  window.addEventListener("pageshow", () => {
    for (const form of root.forms) release(form);
  });
}

function mark(form: HTMLFormElement): void {
  form.dataset.sent = "";
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-busy", "true");
}

function release(form: HTMLFormElement): void {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-busy");
}
