/** For the tests: an IndexedDB in memory, a server that opens boxes, and a line that drops where it is told to. */
import "fake-indexeddb/auto";
import { afterEach, beforeEach } from "vitest";
import type { RoadLayer } from "../../modules/road-layer";
import type { Answer, WayLines, Wire, WireBundle, WireErrand, WireOperation, WireStop } from "../types";
import { base64, concat, fromBase64, sha256, utf8, type Bytes } from "./bytes";
import { forget } from "./bundle";
import { canonical } from "./canonical";
import { memory } from "./memory";
import { headerHash } from "./operation";
import { outside } from "./outside";
import { loopAnew } from "./loop";
import { store } from "./store";

const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;
export const NOON = Date.parse("2026-12-01T05:00:00.000Z");
export const ANOTHER = "00000000-0000-4000-8000-000000000002";
export const DEVICE = "00000000-0000-4000-8000-000000000001";

/** Where a request is lost: before the server saw it, or after it did its work; "cut": the answer breaks off. */
export type Fault = "before" | "after" | "cut" | "unwell" | "portal" | null;

export class FakeServer {
  readonly operations = new Map<string, { op: WireOperation; payload: Record<string, Wire>; answer: Answer }>();
  readonly files = new Map<string, { parts: Bytes; whole: boolean; plain: Bytes | null }>();
  readonly log: string[] = [];
  /** What the phone last told with its question for its standing. */
  said = "";
  /** Shifted off by each request. */
  faults: Fault[] = [];
  results: Record<string, Partial<Answer>> = {};
  bundle: WireBundle | null = null;
  roads: RoadLayer | null = null; // an older office has none
  way: WayLines | null = null; // the same
  wayEtag: string | null = 'W/"way-1"'; // null: the office's roads are away
  etag = 'W/"1"';
  revoked = false;
  accessEnded = false;
  owes: [number, number][] = [];
  epoch = "first";
  skewMs = 0;
  forges = 0;
  fileState = "coming";
  key = "";
  /** From before phones had keys. */
  old = false;
  keyBody: KeyBody | null = null;
  signInBody: SignInBody | null = null;
  phoneKey: { public_key: string; signed_from_seq: number } | null = null;
  /** The key of its notices; null: it sends none. */
  notices: string | null = null;
  told: { endpoint: string; keys: unknown } | null = null; // the browser that it tells
  countersigned: Countersigned[] = [];
  refusal: { code: string; detail: string } | null = null; // of the next signatures
  private pair: CryptoKeyPair | null = null;

  async start(): Promise<void> {
    this.pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
    this.key = base64(new Uint8Array(await crypto.subtle.exportKey("raw", this.pair.publicKey)));
  }

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const fault = this.faults.shift() ?? null;
    const path = this.pathOf(url);
    this.log.push(`${init.method ?? ""} ${path}`);
    if (fault === "before") throw new TypeError("no line");
    if (fault === "unwell") return new Response("", { status: 503 });
    if (fault === "portal") return json({ welcome: "to the hotel" });
    const response = await this.answer(path, init);
    if (fault === "after") throw new TypeError("the line dropped");
    if (fault === "cut") return new Response((await response.text()).slice(0, -5), { status: response.status });
    return response;
  };

  private pathOf(url: string): string {
    const { pathname, search } = new URL(url, "http://localhost");
    if (search) this.said = search;
    return pathname.replace("/api/v1/courier", "");
  }

  /** What a phone asks for again and again, by the ETag in hand. */
  private readonly kept: Record<string, (asked: Headers) => Response> = {
    "/bundle": (asked) => this.sendBundle(asked),
    "/roads": (asked) => this.sendRoads(asked),
    "/way": (asked) => this.sendWay(asked),
  };

  private async answer(path: string, init: RequestInit): Promise<Response> {
    const body = init.body as string;
    if (path === "/sign-in") return json(await this.signedIn(JSON.parse(body) as SignInBody), 201);
    if (path === "/sign-out") return new Response(null, { status: 204 });
    if (path === "/status") return json(this.standing());
    const kept = this.kept[path];
    if (kept) return kept(new Headers(init.headers));
    if (path === "/countersign") return this.countersign(JSON.parse(body) as Countersigned);
    if (path === "/ops") return this.receive(JSON.parse(body) as Batch);
    return this.keys(path, body) ?? this.others(path, init);
  }

  private others(path: string, init: RequestInit): Promise<Response> | Response {
    return path === "/push" ? this.push(init) : this.file(path.replace("/files/", ""), init);
  }

  private sendRoads(asked: Headers): Response {
    if (!this.roads) return NOT_FOUND();
    const etag = JSON.stringify(`roads-${this.roads.lines.length}`);
    if (asked.get("If-None-Match") === etag) return new Response(null, { status: 304 });
    return new Response(JSON.stringify(this.roads), { headers: { ETag: etag, "Content-Type": "application/json" } });
  }

  private sendWay(asked: Headers): Response {
    if (!this.way) return NOT_FOUND();
    if (this.wayEtag && asked.get("If-None-Match") === this.wayEtag) return new Response(null, { status: 304 });
    return json(this.way, 200, this.wayEtag ? { ETag: this.wayEtag } : {});
  }

  private countersign(body: Countersigned): Response {
    if (this.old) return json({ code: "page_not_found", detail: "" }, 404);
    if (this.refusal) return json(this.refusal, 410);
    this.countersigned.push(body);
    return json({ id: body.id, state: "signed" });
  }

  private async push({ method, body }: RequestInit): Promise<Response> {
    if (this.old) return json({ code: "page_not_found", detail: "" }, 404);
    if (method === "GET") {
      const browser = this.told && (await sha256(utf8(this.told.endpoint)));
      return json({ server_key: this.notices, browser });
    }
    this.told = method === "POST" ? (JSON.parse(body as string) as { endpoint: string; keys: unknown }) : null;
    return new Response(null, { status: 204 });
  }

  private async receive(batch: Batch): Promise<Response> {
    const forgotten = !this.phoneKey && batch.ops.some((op) => op.signature);
    if (forgotten && !this.old) return json({ code: "phone_key_unknown", detail: "" }, 409);
    return json({ ...this.standing(), answers: await this.take(batch) });
  }

  private keys(path: string, body: string): Promise<Response> | Response | null {
    if (path !== "/key" && path !== "/challenge") return null;
    if (this.old) return NOT_FOUND();
    return path === "/key" ? this.takeKey(JSON.parse(body) as KeyBody) : json({ challenge: CHALLENGE });
  }

  private standing(): object {
    const { revoked, accessEnded, owes, epoch } = this;
    return { now: this.now(), epoch, revoked, access_ended: accessEnded, owes };
  }

  private now = (): string => new Date(outside.now() + this.skewMs).toISOString();

  private async takeKey(body: KeyBody): Promise<Response> {
    const { public_key, signed_from_seq, signature } = (this.keyBody = body);
    const text = `tannha key v1\n${canonical({ device_id: DEVICE, public_key, signed_from_seq })}`;
    if (!(await verify(public_key, signature, utf8(text))))
      return json({ code: "phone_key_unproved", detail: "" }, 422);
    this.phoneKey = { public_key, signed_from_seq };
    return json(this.phoneKey);
  }

  /** By its key, or by its number as long as it has none. */
  private async isKnown({ challenge, signature }: SignInBody): Promise<boolean> {
    if (!this.phoneKey) return true;
    const text = `tannha sign-in v1\n${canonical({ challenge: challenge ?? "", device_id: DEVICE })}`;
    return challenge === CHALLENGE && verify(this.phoneKey.public_key, signature ?? "", utf8(text));
  }

  private async signedIn(body: SignInBody): Promise<object> {
    this.signInBody = body;
    const device_id = (await this.isKnown(body)) ? DEVICE : ANOTHER;
    const access_until = new Date(outside.now() + this.skewMs + 14 * 3600 * 1000).toISOString();
    const tokens = { access_token: "the-access-token", upload_token: "upload", access_until, server_key: this.key };
    const courier = { id: 7, name: "Nguyễn Văn Bưu Thử" };
    const last = Math.max(0, ...[...this.operations.values()].map(({ op }) => op.seq));
    return {
      device_id,
      ...tokens,
      now: this.now(),
      epoch: this.epoch,
      last_seq: last,
      head_hash: "0".repeat(64),
      courier,
    };
  }

  private sendBundle(headers: Headers): Response {
    if (this.accessEnded) return json({ code: "sign_in_needed", detail: "Xin đăng nhập lại." }, 401);
    if (headers.get("If-None-Match") === this.etag) return new Response(null, { status: 304 });
    return json(this.bundle, 200, { ETag: this.etag });
  }

  private async take({ ops }: Batch): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (const op of ops) {
      const known = this.operations.get(op.op_id);
      if (known) answers.push({ ...known.answer, result: "duplicate", stored: known.answer });
      else answers.push(await this.takeNew(op));
    }
    return answers;
  }

  private async takeNew(op: WireOperation): Promise<Answer> {
    const plain = await this.open(`op:${op.op_id}`, fromBase64(op.sealed));
    if ((await sha256(plain)) !== op.commitment) throw new Error("the commitment does not match");
    if ((await headerHash(DEVICE, op)) !== op.hash) throw new Error("the hash does not match");
    if (this.old && "signature" in op) throw new Error("a server of yesterday reads no signature");
    const given = this.results[op.kind] ?? {};
    const answer: Answer = {
      ...{ op_id: op.op_id, result: "applied", reviews: [], problem: null, errand: null, parcel: null, stored: null },
      ...given,
    };
    const payload = JSON.parse(new TextDecoder().decode(plain)) as Record<string, Wire>;
    this.operations.set(op.op_id, { op, payload, answer });
    return answer;
  }

  private async file(sha: string, init: RequestInit): Promise<Response> {
    const file = this.files.get(sha) ?? { parts: new Uint8Array(), whole: false, plain: null };
    this.files.set(sha, file);
    const received = file.parts.length;
    if (init.method === "GET" || file.whole) return json({ received, state: file.whole ? "whole" : this.fileState });
    const range = new Headers(init.headers).get("Content-Range") ?? "";
    const [from, , total] = Array.from(range.matchAll(/\d+/g), ([digits]) => Number(digits));
    if (from !== received) return json({ code: "part_out_of_place", detail: "", received }, 409);
    file.parts = concat(file.parts, init.body as Bytes);
    if (file.parts.length !== total) return json({ received: file.parts.length, state: this.fileState });
    return this.prove(sha, file.parts);
  }

  private async prove(sha: string, box: Bytes): Promise<Response> {
    const plain = await this.open(`file:${sha}`, box);
    if (this.forges-- > 0 || (await sha256(plain)) !== sha) {
      this.files.delete(sha);
      return json({ code: "file_forged", detail: "Tệp không khớp." }, 422);
    }
    this.files.set(sha, { parts: box, whole: true, plain });
    return json({ received: box.length, state: "whole" }, 201);
  }

  /** As app/services/evidence/sealed.py does. */
  async open(context: string, box: Bytes): Promise<Bytes> {
    if (!this.pair) throw new Error("start the server first");
    const theirs = await crypto.subtle.importKey("raw", box.slice(1, 66), CURVE, false, []);
    const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, this.pair.privateKey, 256);
    const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
    const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(`tannha seal v1\0${context}`) };
    const key = await crypto.subtle.deriveKey(hkdf, material, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
    const gcm = { name: "AES-GCM", iv: box.slice(66, 78), additionalData: utf8(context) };
    return new Uint8Array(await crypto.subtle.decrypt(gcm, key, box.slice(78)));
  }
}

interface Countersigned {
  id: string;
  signature: string;
}

interface KeyBody {
  public_key: string;
  signed_from_seq: number;
  signature: string;
}

interface SignInBody {
  challenge?: string;
  signature?: string;
}

const CHALLENGE = "sign this";
const NOT_FOUND = (): Response => json({ code: "not_found", detail: "" }, 404);

export async function verify(publicKey: string, signature: string, text: Bytes): Promise<boolean> {
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("spki", fromBase64(publicKey), curve, true, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, fromBase64(signature), text);
}

interface Batch {
  ops: WireOperation[];
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });

export function errandOf(id: string, change: Partial<WireErrand> = {}): WireErrand {
  return {
    ...{ id, kind: "collect", state: "planned", revision: 1, reference: id, name: "Trần Thị Thử", phone: "0900000001" },
    ...{ helper_name: null, helper_phone: null, language: "vi", word: null, proof: null, check: null, attempts: 0 },
    ...{ quote: [], papers_due: [], parcels: [] },
    dossiers: [{ id: `${id}-d`, procedure: "1@1", cases: [], result_title: null }],
    ...change,
  };
}

export function stopOf(id: number, ...errands: WireErrand[]): WireStop {
  const where = { address: null, landmark: null, former_name: null, unit: "Xã Thử", memory: null };
  return {
    ...{ id, sequence: id, locked: false, window: null, arrives_at: "2026-12-01T02:00:00Z", distance_m: 100 },
    place: { id: `place-${id}`, lon: 107.9, lat: 13.9, pin_confirmed: false, ...where },
    errands: errands.length ? errands : [errandOf(`e${id}`)],
  };
}

export function bundleOf(serverKey: string, stops: WireStop[]): WireBundle {
  return {
    made_at: "2026-12-01T00:00:00Z",
    day: "2026-12-01",
    courier: { id: 7, name: "Bưu Thử", office: { id: 1, name: "Bưu cục Thử", lon: 107.9, lat: 13.9, phone: null } },
    route: {
      ...{ id: 11, number: 1, starts_at: "2026-12-01T00:00:00Z", ends_at: "2026-12-01T10:00:00Z", break_at: null },
      ...{ started: false, revision: 1, others: [] },
    },
    stops,
    ...{ bag: [], waiting: [], desks: [], procedures: {}, outcomes: [], evidence: {} },
    receipts: { prefix: "TN", next: 51, last: 53, more: [[80, 80]] },
    labels: { next: 47_312_482, last: 47_312_500, more: [] },
    map: { areas: { type: "FeatureCollection", features: [] } },
    server_key: serverKey,
  };
}

export const clock = { now: NOON };
export let server = new FakeServer();

/** A picture of `size` bytes that is no other's. */
export const picture = (size: number): Blob =>
  new Blob([crypto.getRandomValues(new Uint8Array(16)), new Uint8Array(size - 16)]);

beforeEach(async () => {
  server = new FakeServer();
  await server.start();
  clock.now = NOON;
  Object.assign(outside, { fetch: server.fetch, now: () => clock.now, online: () => true, visible: () => true });
  outside.elapsed = () => performance.now();
  loopAnew();
  await store.delete();
  await store.open();
  Object.assign(memory, { key: null, pending: null, trying: false, trouble: null, signInNeeded: false, full: false });
  const lines = new Map<string, string>();
  outside.line = { read: (name) => lines.get(name) ?? null, write: (name, text) => void lines.set(name, text) };
  forget();
});

afterEach(() => {
  memory.sending.clear();
});
