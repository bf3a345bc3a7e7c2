import Dexie from "dexie";
import { markOf, subscribed } from "../../modules/push-browser";
import { api, Refused, SignInNeeded, Unreachable, type Notices } from "./server";
import { accessToken, Locked } from "./vault";

/* Notices while the app is closed (Web Push): the courier presses once, the browser asks, the office keeps where this phone is told. */

/** "none": this browser or this office has no notices; "unknown": not to be learnt without a line. */
export type NoticesHere = "on" | "off" | "none" | "unknown";

/** The courier, or the phone's own settings, said no. */
export class NoticesBlocked extends Error {
  override name = "NoticesBlocked";
}

/** The browser allowed it and its own push service was not to be had. */
export class NoticesLost extends Error {
  override name = "NoticesLost";
}

/** What the engine takes from the browser; tests put their own in its place. */
export const browser = {
  worker: async (): Promise<ServiceWorkerRegistration | undefined> =>
    "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis
      ? navigator.serviceWorker.getRegistration("/buu-ta/")
      : undefined,
  ask: (): Promise<NotificationPermission> => Notification.requestPermission(),
};

const MISSED = [Unreachable, SignInNeeded, Refused, Locked, Dexie.DexieError];
const isMissed = (fault: unknown): boolean => MISSED.some((kind) => fault instanceof kind);

export async function noticesHere(): Promise<NoticesHere> {
  const worker = await browser.worker();
  if (!worker) return "none";
  try {
    const told = await api.notices(await accessToken());
    if (told.server_key === null) return "none";
    const there = await worker.pushManager.getSubscription();
    return there && (await markOf(there.endpoint)) === told.browser ? "on" : "off";
  } catch (fault) {
    if (isMissed(fault)) return fault instanceof Refused ? "none" : "unknown"; // an office of before knows no notices
    throw fault;
  }
}

/** Throws NoticesBlocked, NoticesLost, Refused or Unreachable. */
export async function allowNotices(): Promise<void> {
  const worker = await browser.worker();
  if (!worker || (await browser.ask()) !== "granted") throw new NoticesBlocked();
  await tell(worker, await api.notices(await accessToken()));
}

export async function endNotices(): Promise<void> {
  await api.endNotices(await accessToken());
  const worker = await browser.worker();
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
}

/** Signing out ended them at the office; who allowed them on this phone has them again with the next shift. */
export async function renewNotices(): Promise<void> {
  const worker = await browser.worker();
  if (!(await worker?.pushManager.getSubscription())) return;
  try {
    if (worker) await tell(worker, await api.notices(await accessToken()));
  } catch (fault) {
    if (!isMissed(fault) && !(fault instanceof NoticesLost)) throw fault;
  }
}

async function tell(worker: ServiceWorkerRegistration, { server_key, browser: known }: Notices): Promise<void> {
  if (server_key === null) return;
  const { endpoint, json } = await taken(worker.pushManager, server_key);
  if ((await markOf(endpoint)) !== known) await api.allowNotices(await accessToken(), { endpoint, keys: json.keys });
}

async function taken(manager: PushManager, key: string): Promise<{ endpoint: string; json: PushSubscriptionJSON }> {
  try {
    const found = await subscribed(manager, key);
    return { endpoint: found.endpoint, json: found.toJSON() };
  } catch {
    throw new NoticesLost();
  }
}
