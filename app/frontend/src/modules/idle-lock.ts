const PING_MS = 4 * 60 * 1000;
const LOOK_MS = 10 * 1000;

/**
 * After `data-idle-s` without a touch the page is covered and asks for the password; what was typed stays behind it.
 * While somebody types, the server is told now and then, since it locks by itself, too.
 */
export function lockWhenIdle(element: HTMLElement): void {
  if (!(element instanceof HTMLDialogElement)) return;
  const idleMs = Number(element.dataset.idleS) * 1000;
  let touched = Date.now();
  let told = touched;
  const touch = (): void => {
    // a sleeping machine wakes by a touch: look first
    if (element.open || lockIfOver()) return;
    touched = Date.now();
    if (touched - told > PING_MS) {
      told = touched;
      void fetch(element.dataset.alive ?? "", { method: "GET" }).catch(() => undefined);
    }
  };
  const lockIfOver = (): boolean => {
    if (!element.open && Date.now() - touched >= idleMs) element.showModal();
    return element.open;
  };
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, touch, { capture: true });
  window.setInterval(lockIfOver, LOOK_MS);
  element.addEventListener("cancel", (event) => {
    event.preventDefault();
  });
  element.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    void unlock(element, event.target as HTMLFormElement).then((open) => {
      if (open) touched = told = Date.now();
    });
  });
}

async function unlock(dialog: HTMLDialogElement, form: HTMLFormElement): Promise<boolean> {
  const answer = await send(form);
  if (answer && over(answer)) {
    window.location.reload(); // nothing opens it here any more
    return false;
  }
  form.reset();
  if (answer?.ok) {
    say(form, "");
    dialog.close();
    return true;
  }
  say(form, (answer && (await saidBy(answer))) ?? dialog.dataset.lost ?? "");
  return false;
}

function send(form: HTMLFormElement): Promise<Response | undefined> {
  const headers = { accept: "application/json" };
  return fetch(form.action, { method: "POST", body: new FormData(form), headers, redirect: "manual" }).catch(
    () => undefined,
  );
}

const over = (answer: Response): boolean => answer.type === "opaqueredirect" || answer.status === 401;

/** Whatever else answers (a proxy, a limit) has no sentence of ours. */
async function saidBy(answer: Response): Promise<string | undefined> {
  const body = (await answer.json().catch(() => ({}))) as { said?: string };
  return body.said;
}

function say(form: HTMLFormElement, text: string): void {
  const words = form.querySelector<HTMLElement>("[role=alert]");
  if (words) words.textContent = text;
}
