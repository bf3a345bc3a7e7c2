/** A server of invented people for `npm run courier` (--mode fixture): never part of what is built for production. */
import type { Answer, Wire, WireBundle, WireErrand, WireOperation, WireStop } from "../types";
import { base64 } from "./bytes";
import { s10 } from "./codes";
import { outside } from "./outside";

const HAMLETS = ["Làng Kép", "Làng O Grưng", "Thôn 3", "Tổ dân phố 5", "Làng Blưng"];
const NAMES = ["Nguyễn Văn Thử", "Rơ Châm Thử", "Trần Thị Mẫu", "Ksor Mẫu", "Siu Thử", "Lê Văn Mẫu"];
const LAND = "1.012793@2026-07-01";
const SALT = "fixture";
const CODE_DIGITS = "60"; // SHA-256("fixture" + code) mod 100 of the code 246810

const pick = (list: string[], index: number): string => list[index % list.length] ?? "";
const uuid = (group: number, index: number): string =>
  `00000000-0000-4000-8${String(group).padStart(3, "0")}-${String(index).padStart(12, "0")}`;

function procedure(): WireBundle["procedures"][string] {
  const paper = (line: number, name: string, more: Record<string, Wire> = {}) => ({
    line,
    name,
    originals: 1,
    copies: 0,
    mode: "submit",
    need: "always",
    case_keys: [],
    certified_by_post: false,
    in_database: false,
    ...more,
  });
  return {
    code: "1.012793",
    version: "2026-07-01",
    name: "Đăng ký biến động quyền sử dụng đất",
    cases: [
      {
        key: "how",
        question: "Biến động thế nào?",
        many: false,
        options: [
          { key: "given", label: "Tặng cho" },
          { key: "sold", label: "Chuyển nhượng" },
        ],
      },
    ],
    papers: [
      paper(1, "Đơn đăng ký biến động (mẫu 18)"),
      paper(2, "Giấy chứng nhận đã cấp", { mode: "submit" }),
      paper(3, "Căn cước của người nộp", { mode: "present", certified_by_post: true, in_database: true }),
      paper(4, "Văn bản ủy quyền", { need: "if_any" }),
    ],
    carries_copy: true,
  };
}

const SHARED = {
  state: "planned",
  revision: 3,
  language: "vi",
  word: "hoa cúc",
  quote: [{ kind: "postage", amount: 31_000, upper: 36_000 }],
} as const;

function errand(stop: number, kind: "collect" | "deliver"): WireErrand {
  const helped = stop % 4 === 0;
  return {
    ...SHARED,
    quote: [...SHARED.quote],
    id: uuid(1, stop * 10 + (kind === "collect" ? 1 : 2)),
    kind,
    reference: `TN-261201-${String(stop).padStart(4, "0")}`,
    name: pick(NAMES, stop),
    phone: `0900000${String(stop).padStart(3, "0")}`,
    helper_name: helped ? "Già làng Mẫu" : null,
    helper_phone: helped ? "0900000900" : null,
    proof: PROOFS[stop % 3] ?? "code",
    attempts: stop % 5 === 0 ? 1 : 0,
    ...(kind === "deliver" ? result(stop) : papers(stop)),
  };
}

const PROOFS = ["id_check", "code", "slip"] as const;

function papers(stop: number): Pick<WireErrand, "check" | "papers_due" | "dossiers" | "parcels"> {
  const dossier = { id: uuid(2, stop), procedure: LAND, cases: ["given"], result_title: null };
  return { check: null, papers_due: [], dossiers: [dossier], parcels: [] };
}

function result(stop: number): ReturnType<typeof papers> {
  const seal = `NP${String(stop).padStart(7, "0")}`;
  return {
    check: stop % 3 ? { salt: SALT, digits: CODE_DIGITS } : null,
    papers_due: stop % 6 === 1 ? [{ dossier_id: uuid(2, stop), lines: [2] }] : [],
    dossiers: [{ id: uuid(2, stop), procedure: LAND, cases: ["given"], result_title: "Giấy chứng nhận" }],
    parcels: [{ code: s10(60_000_000 + stop), purpose: "result", seal, holder: "courier" }],
  };
}

function stop(index: number): WireStop {
  const at = (minutes: number): string => new Date(Date.UTC(2026, 11, 1, 0, minutes)).toISOString();
  const kinds: ("collect" | "deliver")[] =
    index % 4 === 0 ? ["collect", "deliver"] : [index % 2 ? "deliver" : "collect"];
  return {
    id: index,
    sequence: index,
    locked: index === 1,
    place: {
      id: uuid(3, index),
      address: index % 3 ? `Nhà ${index}, ${pick(HAMLETS, index)}` : null,
      landmark: "cạnh nhà rông",
      former_name: index % 5 === 0 ? "Xã cũ Ia Mẫu" : null,
      unit: "Xã Ia Krái",
      lon: 107.7 + index * 0.004,
      lat: 13.96 + (index % 7) * 0.004,
      pin_confirmed: index % 2 === 0,
      memory: index % 6 === 0 ? "Lần trước: vắng nhà, nên gọi trước." : null,
    },
    window: { starts_at: at(0), ends_at: at(270) },
    arrives_at: at(10 + index * 9),
    distance_m: 900 + index * 130,
    errands: kinds.map((kind) => errand(index, kind)),
  };
}

function makeBundle(stops: number, serverKey: string): WireBundle {
  const outcome = (code: string, label: string, evidence: string[], visits: string[]) => ({
    code,
    label,
    evidence,
    counts: true,
    for: visits,
  });
  return {
    made_at: new Date().toISOString(),
    day: new Date().toISOString().slice(0, 10),
    courier: {
      id: 7,
      name: "Nguyễn Văn Bưu Thử",
      office: { id: 1, name: "Bưu cục Ia Krái", lon: 107.69, lat: 13.95, phone: null },
    },
    route: {
      id: 11,
      number: 2,
      starts_at: "2026-12-01T00:00:00Z",
      ends_at: "2026-12-01T10:00:00Z",
      break_at: "2026-12-01T04:30:00Z",
      started: false,
      revision: 5,
      others: [{ id: 8, name: "Trần Văn Bưu Mẫu" }],
    },
    stops: Array.from({ length: stops }, (_, index) => stop(index + 1)),
    bag: [{ code: s10(60_000_003), purpose: "result", errand_id: uuid(1, 32), reference: "TN-261201-0003" }],
    waiting: [{ code: s10(60_000_001), errand_id: uuid(1, 12) }],
    desks: [{ id: 3, name: "Bộ phận một cửa Ia Krái" }],
    procedures: { [LAND]: procedure() },
    outcomes: [
      outcome("ABSENT", "Không có ai ở nhà", ["gate_photo", "call"], ["collect", "deliver"]),
      outcome("NO_CONTACT", "Không liên lạc được", ["two_calls"], ["collect", "deliver"]),
      outcome("PAPERS_WRONG", "Giấy tờ chưa đúng", ["item", "photo"], ["collect"]),
      outcome("OUT_OF_TIME", "Hết giờ", [], ["collect", "deliver"]),
    ] as WireBundle["outcomes"],
    evidence: {
      gate_photo: "Ảnh chụp cổng nhà",
      call: "Giờ gọi điện",
      two_calls: "Giờ hai cuộc gọi",
      item: "Giấy nào, sai gì",
      photo: "Ảnh chụp",
    },
    receipts: { prefix: "TN", next: 51, last: 100, more: [] },
    labels: { next: 47_000_001, last: 47_000_050, more: [] },
    map: { areas: { type: "FeatureCollection", features: [] } },
    server_key: serverKey,
  };
}

const now = (): string => new Date().toISOString();
const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ETag: 'W/"1"' } });

function answer(op: WireOperation): Answer {
  return { op_id: op.op_id, result: "applied", reviews: [], problem: null, errand: null, parcel: null, stored: null };
}

const STANDING = { revoked: false, access_ended: false, owes: [] };

function signedIn(serverKey: string): Response {
  const until = new Date(Date.now() + 14 * 3600 * 1000).toISOString();
  const tokens = { access_token: "a", access_until: until, upload_token: "u", server_key: serverKey };
  const courier = { id: 7, name: "Nguyễn Văn Bưu Thử" };
  return json({ device_id: uuid(9, 1), ...tokens, now: now(), last_seq: 0, head_hash: "0".repeat(64), courier }, 201);
}

function operations(body: string): Response {
  const { ops } = JSON.parse(body) as { ops: WireOperation[] };
  return json({ ...STANDING, now: now(), answers: ops.map(answer) });
}

function file(init: RequestInit): Response {
  const total = Number(new Headers(init.headers).get("Content-Range")?.split("/")[1] ?? 0);
  return json({ received: total, state: "whole" }, 201);
}

/** `?stops=80` makes a longer day; `localStorage.fixtureOffline = "1"` takes the line away. */
export async function installFixture(): Promise<void> {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
  const serverKey = base64(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
  const stops = Number(new URLSearchParams(location.search).get("stops") ?? 12);
  const views: Record<string, (init: RequestInit) => Response> = {
    "/sign-in": () => signedIn(serverKey),
    "/key": (init) => json(JSON.parse(init.body as string)),
    "/challenge": () => json({ challenge: "fixture" }),
    "/sign-out": () => new Response(null, { status: 204 }),
    "/status": () => json({ ...STANDING, now: now() }),
    "/bundle": () => json(makeBundle(stops, serverKey)),
    "/ops": (init) => operations(init.body as string),
  };
  outside.fetch = (url, init) => {
    if (localStorage.getItem("fixtureOffline")) return Promise.reject(new TypeError("no line"));
    return Promise.resolve((views[url.replace("/api/v1/courier", "")] ?? file)(init));
  };
}
