import type { Purses, Wire } from "../types";
import { api, Refused, SignInNeeded, Unreachable } from "./server";
import { signFor } from "./signing";
import { store } from "./store";

/* The second signature of a hand-over, an opening or money: the counter's screen says in a code what was counted, this phone shows it
   in words and signs exactly that text with its own key (app/domain/countersigning.py). It needs no network. */
const ASKS = "TNKY1 ";
const ANSWERS = "TNTL1";

/** What the code on the screen says; whatever a newer server adds is signed along. */
export interface Invitation {
  id: string;
  until: string;
  act: string; // "hand_over", "count", "close_bag", "open_bag", "cash"; a newer one is told as such
  place: [string, string];
  place_name: string;
  other: [string, string] | null; // null: anybody who may watch
  n: number;
  codes: string[];
  way?: string;
  counts?: [string, number][];
  day?: string; // of the money that is handed in
  cash?: Purses;
  said: { [key: string]: Wire };
}

/** The phone has no key that signs: it was never signed in with a network since the app knows keys. */
export class NoKey extends Error {
  override name = "NoKey";
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isParty = (value: unknown): value is [string, string] => Array.isArray(value) && value.every(isText);

const isPurses = (value: unknown): value is Purses =>
  typeof value === "object" && value !== null && "postage" in value && "state_fee" in value;

const LOOKS: { [key: string]: (value: unknown) => boolean } = {
  id: isText,
  until: isText,
  act: isText,
  place: isParty,
  place_name: isText,
  other: (value) => value === null || isParty(value),
  n: (value) => Number.isInteger(value),
  codes: (value) => Array.isArray(value) && value.every(isText),
  cash: (value) => value === undefined || isPurses(value),
};
const isWhole = (said: { [key: string]: unknown }): boolean =>
  Object.entries(LOOKS).every(([key, looksRight]) => looksRight(said[key]));

/** null: this is no invitation to sign. */
export function readInvitation(text: string): Invitation | null {
  if (!text.startsWith(ASKS)) return null;
  try {
    const said = JSON.parse(text.slice(ASKS.length)) as { [key: string]: Wire };
    return isWhole(said) ? { ...(said as unknown as Omit<Invitation, "said">), said } : null;
  } catch {
    return null;
  }
}

export interface Signed {
  text: string; // for the counter's scanner
  known: boolean; // the office has it already
}

/** Sign, and tell the office if there is a line; refusals of the office are thrown, its absence is not. */
export async function countersign(invitation: Invitation): Promise<Signed> {
  const device = await store.device();
  if (!device) throw new NoKey();
  const signature = await signFor(device.device_id, "countersign", { ...invitation.said, device_id: device.device_id });
  if (!signature) throw new NoKey();
  const text = `${ANSWERS} ${invitation.id} ${device.device_id} ${signature}`;
  return { text, known: await told(device.upload_token, invitation.id, signature) };
}

async function told(token: string, id: string, signature: string): Promise<boolean> {
  try {
    await api.countersign(token, { id, signature });
    return true;
  } catch (fault) {
    if (fault instanceof Unreachable || fault instanceof SignInNeeded || isOlder(fault)) return false;
    throw fault;
  }
}

/** An office of before knows no such call; its own page says what it wants. */
const isOlder = (fault: unknown): boolean => fault instanceof Refused && fault.problem.code === "page_not_found";
