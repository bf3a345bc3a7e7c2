import { markOf, subscribed } from "./push-browser";

const WORKER = "/thong-bao.js";
const SCOPE = "/theo-doi/";

interface Notices {
  key: string;
  worker: ServiceWorkerRegistration;
}

/** News of this request in the browser, for whoever wants it: shown only where a browser can, and pressed before it asks. */
export function offerNotices(element: HTMLElement): void {
  const form = element.querySelector("form");
  if (!form || !("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return;
  void ready(element, form);
}

async function ready(element: HTMLElement, form: HTMLFormElement): Promise<void> {
  const on = await isOn((element.dataset.browsers ?? "").split(" "));
  element.hidden = false;
  for (const [name, button] of buttons(form)) {
    button.hidden = (name === "off") !== on;
    button.addEventListener("click", () => void press(element, form, name === "on"));
  }
  const now = element.querySelector<HTMLElement>(".notices__on");
  if (now) now.hidden = !on;
}

/** Is this browser one of those that the server tells of this request? */
async function isOn(marks: string[]): Promise<boolean> {
  const known = await navigator.serviceWorker.getRegistration(SCOPE);
  const there = await known?.pushManager.getSubscription();
  return there ? marks.includes(await markOf(there.endpoint)) : false;
}

function buttons(form: HTMLFormElement): [string, HTMLButtonElement][] {
  return [...form.querySelectorAll<HTMLButtonElement>("button[data-turn]")].map((one) => [one.dataset.turn ?? "", one]);
}

async function press(element: HTMLElement, form: HTMLFormElement, on: boolean): Promise<void> {
  if (on && (await Notification.requestPermission()) !== "granted") {
    say(element, element.dataset.blocked);
    return;
  }
  try {
    const worker = await navigator.serviceWorker.register(WORKER, { scope: SCOPE, updateViaCache: "none" });
    const key = element.dataset.key ?? "";
    const found = on ? await allowed({ key, worker }) : await worker.pushManager.getSubscription();
    if (found) send(form, found, on);
    else window.location.reload();
  } catch {
    say(element, element.dataset.lost); // no network, or a browser whose push service is not to be had
  }
}

async function allowed({ key, worker }: Notices): Promise<PushSubscription> {
  if (!worker.active) await becomes(worker);
  return subscribed(worker.pushManager, key);
}

function becomes(worker: ServiceWorkerRegistration): Promise<void> {
  const coming = worker.installing ?? worker.waiting;
  return new Promise((done) => {
    coming?.addEventListener("statechange", () => coming.state === "activated" && done());
    if (!coming || coming.state === "activated") done();
  });
}

function send(form: HTMLFormElement, browser: PushSubscription, on: boolean): void {
  field(form, "browser").value = JSON.stringify(browser);
  field(form, "turn").value = on ? "on" : "off";
  form.submit();
}

function field(form: HTMLFormElement, name: string): HTMLInputElement {
  return form.elements.namedItem(name) as HTMLInputElement;
}

function say(element: HTMLElement, words: string | undefined): void {
  const place = element.querySelector("[role=status]");
  if (place) place.textContent = words ?? "";
}
