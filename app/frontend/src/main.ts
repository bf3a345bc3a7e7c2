// Every page works without this file. It starts one module for each element with `data-module="name"`.
import { confirmSubmit } from "./modules/confirm";
import { copyText } from "./modules/copy";
import { enterLeadsOn } from "./modules/enter-next";
import { focusErrors } from "./modules/error-summary";
import { offerPin } from "./modules/pin";
import { lockWhenIdle } from "./modules/idle-lock";
import { offerNotices } from "./modules/notices";
import { printPage } from "./modules/print";
import { pollProgress } from "./modules/progress";
import { collectCodes } from "./modules/scan";
import { sendOnce } from "./modules/send-once";

type Start = (element: HTMLElement) => void;

const MODULES: Record<string, Start> = {
  confirm: confirmSubmit,
  copy: copyText,
  "enter-next": enterLeadsOn,
  "error-summary": focusErrors,
  "idle-lock": lockWhenIdle,
  lookup: (element) => void import("./modules/lookup").then((lookup) => lookup.lookUp(element)),
  print: printPage,
  progress: pollProgress,
  scan: collectCodes,
  notices: offerNotices,
  // Leaflet is 150 kB: only pages with a map fetch it
  map: (element) => void import("./modules/map").then((map) => map.showRoutes(element)),
  pin: offerPin,
};

function start(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-module]:not([data-started])")) {
    element.dataset.started = "";
    MODULES[element.dataset.module ?? ""]?.(element);
  }
}

document.documentElement.classList.add("has-script");
sendOnce(document);
start(document);

if (document.querySelector("[hx-get], [hx-post], [data-hx-get], [data-hx-post]")) {
  void import("./htmx").then(() => {
    document.body.addEventListener("htmx:afterSettle", () => start(document));
  });
}
