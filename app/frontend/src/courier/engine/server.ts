import { isRoadLayer, type RoadLayer } from "../../modules/road-layer";
import { language } from "../language/chosen";
import type { OperationsAnswer, Problem, SignedIn, Standing, WayLines, Why, WireBundle, WireOperation } from "../types";
import type { Bytes } from "./bytes";
import { outside } from "./outside";
import { pace, tooSlow, went } from "./pace";

const BASE = "/api/v1/courier";

/** Nothing was answered that could be used; `why` says what stands between. A hotel's sign-in page is JSON, too: foreign. */
export class Unreachable extends Error {
  override name = "Unreachable";
  constructor(
    readonly why: Why = "foreign",
    readonly detail = "",
    readonly retryAfterMs = 0,
  ) {
    super(`the server was not reached: ${why}`);
  }
}

/** The token opens nothing any more; what waits is kept. */
export class SignInNeeded extends Error {
  override name = "SignInNeeded";
}

/** Our server understood, and said no; `problem.detail` is a sentence for the courier. */
export class Refused extends Error {
  override name = "Refused";
  constructor(
    readonly status: number,
    readonly problem: Problem & { received?: number },
  ) {
    super(problem.detail);
  }
}

/** The line is there and answers, and something waits all the same: ask again later, and ever later. */
export class NotSettled extends Error {
  override name = "NotSettled";
}

interface Call {
  method: "GET" | "POST" | "PUT" | "DELETE";
  token?: string;
  json?: unknown;
  bytes?: Bytes;
  headers?: Record<string, string>;
}

interface Answered {
  status: number;
  body: unknown;
  headers: Headers;
  middle: number; // of asking and answering, by our clock
  took: number;
}

let heard = 0;

/** How many good answers have come since the app began: between two looks, whether anything got through at all. */
export const answersHeard = (): number => heard;

async function call(path: string, asked: Call): Promise<Answered> {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const bear = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), pace.patience());
  };
  bear();
  const start = outside.elapsed();
  try {
    const init = initOf(asked, stop.signal);
    const response = await outside.fetch(BASE + path, init);
    const text = await textOf(response, bear);
    const took = outside.elapsed() - start; // by no clock that can be set meanwhile
    went(sizeOf(init.body), took);
    const answer = read(response, text);
    heard += 1; // a server that is not well, or wants no more of this token, is asked ever more rarely
    return { ...answer, headers: response.headers, middle: outside.now() - took / 2, took };
  } catch (fault) {
    if (fault instanceof SignInNeeded || fault instanceof Refused || fault instanceof Unreachable) throw fault;
    if (!stop.signal.aborted) throw new Unreachable("no_line");
    tooSlow();
    throw new Unreachable("slow");
  } finally {
    clearTimeout(timer);
  }
}

/** What comes in bits, on a thin line, comes: patience begins anew with each. */
async function textOf(response: Response, heardSome: () => void): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return response.text();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    heardSome();
    text += decoder.decode(value, { stream: true });
  }
}

const sizeOf = (body: RequestInit["body"]): number =>
  typeof body === "string" ? body.length : body instanceof Uint8Array ? body.length : 0;

function initOf({ method, token, json, bytes, headers }: Call, signal: AbortSignal): RequestInit {
  const sent = new Headers({ Accept: "application/json", "Accept-Language": language, ...headers });
  if (token) sent.set("Authorization", `Bearer ${token}`);
  if (json !== undefined) sent.set("Content-Type", "application/json");
  if (bytes) sent.set("Content-Type", "application/octet-stream");
  const body = json === undefined ? bytes : JSON.stringify(json);
  // our server sends nobody elsewhere: who does is a network that wants to be signed in to first
  const init: RequestInit = {
    method,
    headers: sent,
    signal,
    credentials: "omit",
    cache: "no-store",
    redirect: "manual",
  };
  return body === undefined ? init : { ...init, body };
}

const BODILESS = new Set([204, 304]);
const COME_AGAIN = new Set([408, 423, 425, 429]);
const REDIRECTED = "opaqueredirect";

function read(response: Response, text: string): { status: number; body: unknown } {
  const { status } = response;
  if (BODILESS.has(status)) return { status, body: null };
  const body = response.type === REDIRECTED ? undefined : parsed(text);
  if (status >= 500 || COME_AGAIN.has(status)) throw notNow(response, body ?? {});
  if (body === undefined) throw new Unreachable(unreadable(response));
  if (response.ok) return { status, body };
  throw refusal(status, body);
}

function unreadable(response: Response): Why {
  if (response.status >= 400) return "blocked";
  return isJson(response) ? "slow" : "foreign"; // ours, broken off
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isJson = (response: Response): boolean => response.headers.get("Content-Type")?.includes("json") ?? false;

const SIGN_IN_TO_THIS_NETWORK = 511;

/** To be asked again later. In our server's own words where it said some; any proxy on the way may say it, too. */
function notNow(response: Response, told: Told): Unreachable {
  if (response.status === SIGN_IN_TO_THIS_NETWORK) return new Unreachable("foreign");
  const detail = typeof told.code === "string" ? (told.detail ?? "") : "";
  const why = response.status < 500 && detail ? "wait" : "ill";
  const seconds = told.retry_after ?? response.headers.get("Retry-After"); // the header may be of the limits of any proxy
  return new Unreachable(why, detail, Number(seconds) * 1000 || 0);
}

type Told = Partial<Problem> & { received?: number; retry_after?: number };

function refusal(status: number, problem: Told | null): Error {
  if (typeof problem?.code !== "string") return new Unreachable("blocked");
  if (status === 401) return new SignInNeeded(); // whatever a newer server calls the reason
  return new Refused(status, { ...problem, detail: problem.detail ?? "", code: problem.code });
}

/** What must be added to our clock to get the server's, measured in the middle of a call. */
export function offsetOf(now: string, { middle }: { middle: number }): number {
  return Math.round(Date.parse(now) - middle);
}

export interface Heard<T> {
  body: T;
  offset: number;
  took: number;
}

async function hear<T extends { now: string }>(
  path: string,
  asked: Call,
  looksRight: (body: T) => boolean,
): Promise<Heard<T>> {
  const answer = await call(path, asked);
  const body = answer.body as T;
  if (Number.isNaN(Date.parse(body.now)) || !looksRight(body)) throw new Unreachable();
  return { body, offset: offsetOf(body.now, answer), took: answer.took };
}

export interface Credentials {
  username: string;
  password: string;
  name: string;
  device_id: string | null;
  challenge?: string; // with its signature: this is the phone it says
  signature?: string;
}

export const api = {
  signIn: (json: Credentials): Promise<Heard<SignedIn>> =>
    hear<SignedIn>("/sign-in", { method: "POST", json }, (body) => Boolean(body.access_token && body.upload_token)),

  async challenge(device_id: string): Promise<string> {
    const { body } = await call("/challenge", { method: "POST", json: { device_id } });
    const { challenge } = body as { challenge?: unknown };
    if (typeof challenge !== "string") throw new Unreachable();
    return challenge;
  },

  async key(token: string, json: { public_key: string; signed_from_seq: number; signature: string }): Promise<void> {
    const { body } = await call("/key", { method: "POST", token, json });
    if ((body as { public_key?: unknown } | null)?.public_key !== json.public_key) throw new Unreachable();
  },

  countersign: (token: string, json: { id: string; signature: string }): Promise<Answered> =>
    call("/countersign", { method: "POST", token, json }),

  signOut: (token: string): Promise<Answered> =>
    call("/sign-out", { method: "POST", token, json: { waiting: 0, waiting_files: 0 } }),

  /** What is still here goes along: should this phone be lost or wiped, its office knows what it last held. */
  status: (token: string, waiting: number, files: number): Promise<Heard<Standing>> =>
    hear<Standing>(`/status?waiting=${waiting}&waiting_files=${files}`, { method: "GET", token }, (body) =>
      Array.isArray(body.owes),
    ),

  operations: (
    token: string,
    json: { sent_at: string; waiting: number; waiting_files: number; ops: WireOperation[] },
  ): Promise<Heard<OperationsAnswer>> =>
    hear<OperationsAnswer>("/ops", { method: "POST", token, json }, (body) => Array.isArray(body.answers)),

  async bundle(token: string, etag: string | null): Promise<{ bundle: WireBundle; etag: string | null } | null> {
    const answer = await call("/bundle", { method: "GET", token, headers: etag ? { "If-None-Match": etag } : {} });
    if (answer.status === 304) return null;
    const bundle = answer.body as WireBundle;
    if (!Array.isArray(bundle.stops)) throw new Unreachable();
    return { bundle, etag: answer.headers.get("ETag") };
  },

  async roads(token: string, etag: string | null): Promise<{ layer: RoadLayer; etag: string | null } | null> {
    const answer = await call("/roads", { method: "GET", token, headers: etag ? { "If-None-Match": etag } : {} });
    if (answer.status === 304) return null;
    if (!isRoadLayer(answer.body)) throw new Unreachable();
    return { layer: answer.body, etag: answer.headers.get("ETag") };
  },

  async way(token: string, etag: string | null): Promise<{ way: WayLines; etag: string | null } | null> {
    const answer = await call("/way", { method: "GET", token, headers: etag ? { "If-None-Match": etag } : {} });
    if (answer.status === 304) return null;
    const { unit, legs } = (answer.body ?? {}) as Partial<WayLines>;
    if (typeof unit !== "number" || !Array.isArray(legs)) throw new Unreachable();
    return { way: { unit, legs }, etag: answer.headers.get("ETag") };
  },

  async part(token: string, sha256: string, box: Bytes, from: number, to: number): Promise<FileState> {
    const answer = await call(`/files/${sha256}`, {
      method: "PUT",
      token,
      bytes: box.slice(from, to),
      headers: { "Content-Range": `bytes ${from}-${to - 1}/${box.length}` },
    });
    return answer.body as FileState;
  },

  async notices(token: string): Promise<Notices> {
    const { body } = await call("/push", { method: "GET", token });
    if (!(typeof body === "object" && body !== null && "server_key" in body)) throw new Unreachable();
    return body as Notices;
  },

  allowNotices: (token: string, json: { endpoint: string; keys: unknown }): Promise<Answered> =>
    call("/push", { method: "POST", token, json }),

  endNotices: (token: string): Promise<Answered> => call("/push", { method: "DELETE", token }),

  file: async (token: string, sha256: string): Promise<FileState> =>
    (await call(`/files/${sha256}`, { method: "GET", token })).body as FileState,
};

/** The key that a browser allows notices for (null: this office sends none), and the mark of the browser it tells now. */
export interface Notices {
  server_key: string | null;
  browser: string | null;
}

export interface FileState {
  received: number;
  state: string;
}
