import type { Problem, SignedIn, Standing, OperationsAnswer, WireBundle, WireOperation } from "../types";
import type { Bytes } from "./bytes";
import { outside } from "./outside";

const BASE = "/api/v1/courier";
const PATIENCE_MS = 30_000;

/** No line, no answer, a foreign answer (a hotel's sign-in page is JSON, too), or a server that is not well. */
export class Unreachable extends Error {
  override name = "Unreachable";
  constructor(readonly retryAfterMs = 0) {
    super("the server was not reached");
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
  method: "GET" | "POST" | "PUT";
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
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  const start = outside.now();
  try {
    const response = await outside.fetch(BASE + path, initOf(asked, stop.signal));
    const text = await response.text();
    const end = outside.now();
    const answer = read(response, text);
    heard += 1; // a server that is not well, or wants no more of this token, is asked ever more rarely
    return { ...answer, headers: response.headers, middle: (start + end) / 2, took: end - start };
  } catch (fault) {
    if (fault instanceof SignInNeeded || fault instanceof Refused || fault instanceof Unreachable) throw fault;
    throw new Unreachable();
  } finally {
    clearTimeout(timer);
  }
}

function initOf({ method, token, json, bytes, headers }: Call, signal: AbortSignal): RequestInit {
  const sent = new Headers({ Accept: "application/json", ...headers });
  if (token) sent.set("Authorization", `Bearer ${token}`);
  if (json !== undefined) sent.set("Content-Type", "application/json");
  if (bytes) sent.set("Content-Type", "application/octet-stream");
  const body = json === undefined ? bytes : JSON.stringify(json);
  const init: RequestInit = { method, headers: sent, signal, credentials: "omit", cache: "no-store" };
  return body === undefined ? init : { ...init, body };
}

const NOT_WELL = new Set([408, 425, 429]);

function read(response: Response, text: string): { status: number; body: unknown } {
  const { status } = response;
  if (status === 204 || status === 304) return { status, body: null };
  if (status >= 500 || NOT_WELL.has(status)) {
    throw new Unreachable(Number(response.headers.get("Retry-After") ?? 0) * 1000 || 0);
  }
  const body = JSON.parse(text) as unknown; // a SyntaxError is "unreachable", too
  if (response.ok) return { status, body };
  throw refusal(status, body as Partial<Problem>);
}

function refusal(status: number, problem: Partial<Problem> & { received?: number }): Error {
  if (typeof problem.code !== "string") return new Unreachable();
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

  signOut: (token: string): Promise<Answered> =>
    call("/sign-out", { method: "POST", token, json: { waiting: 0, waiting_files: 0 } }),

  status: (token: string): Promise<Heard<Standing>> =>
    hear<Standing>("/status", { method: "GET", token }, (body) => Array.isArray(body.owes)),

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

  async part(token: string, sha256: string, box: Bytes, from: number, to: number): Promise<FileState> {
    const answer = await call(`/files/${sha256}`, {
      method: "PUT",
      token,
      bytes: box.slice(from, to),
      headers: { "Content-Range": `bytes ${from}-${to - 1}/${box.length}` },
    });
    return answer.body as FileState;
  },

  file: async (token: string, sha256: string): Promise<FileState> =>
    (await call(`/files/${sha256}`, { method: "GET", token })).body as FileState,
};

export interface FileState {
  received: number;
  state: string;
}
