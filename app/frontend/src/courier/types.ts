/** What goes over the wire, what the phone keeps, and what the screens see. The names are the wire's names. */
import type { Cash, Purses, Quote, Receipt, WireCash } from "./money";

export type * from "./money";

import type { Procedure } from "./published-list";

export type { CaseQuestion, Procedure, RequiredPaper } from "./published-list";

export type * from "./shown";

export type OperationKind =
  | "run_started"
  | "collected"
  | "delivered"
  | "not_done"
  | "handed_over"
  | "stop_added"
  | "reordered"
  | "pin_corrected"
  | "called"
  | "incident"
  | "run_ended"
  | "amended";

export type FileKind =
  | "envelope"
  | "gate"
  | "place"
  | "seal"
  | "seal_other_side"
  | "faulty_paper"
  | "result_error"
  | "citizen_signature"
  | "courier_signature"
  | "witness_signature";

export type Holder = "citizen" | "courier" | "office_safe" | "bag" | "desk" | "carrier" | "lost";
export type ErrandKind = "collect" | "deliver" | "give_back";
export type ErrandState =
  "requested" | "scheduled" | "planned" | "under_way" | "done" | "failed" | "held" | "returned" | "cancelled";
export type Proof = "code" | "slip" | "id_check";
export type PaperForm = "original" | "certified" | "copy";
export type Tick = "in_envelope" | "looked_up" | "missing" | "not_applicable";

export type Wire = null | boolean | number | string | Wire[] | { [key: string]: Wire };

// -- the bundle: what a shift needs without a network

export interface Dossier {
  id: string;
  procedure: string; // "code@version", a key of Bundle.procedures
  cases: string[];
  result_title: string | null;
}

export interface ParcelHere {
  code: string;
  purpose: string;
  seal: string | null;
  holder: string;
}

export interface WireErrand {
  id: string;
  kind: ErrandKind;
  state: ErrandState;
  revision: number;
  reference: string;
  name: string;
  organisation?: boolean; // it receives by the hand of somebody; an older server does not say
  phone: string;
  helper_name: string | null;
  helper_phone: string | null;
  receiver?: NamedReceiver | null; // may take the result instead; an older server tells none
  language: string; // of messages
  consent?: string; // what was agreed to at booking, to be read aloud; an older server tells none
  tongue?: SpokenThere | null; // at home; an older server tells none
  interpreter?: Interpreter | null;
  word: string | null; // the courier says it first
  proof: Proof | null;
  check: { salt: string; digits: string } | null;
  attempts: number;
  today?: TriedToday | null; // the newest try of this day, whoever told it; an older server does not say
  again?: Window | null; // the visit has another day now: not one of this list any more
  calls?: { op_id: string; at: string }[]; // of this day, as the office has them; an older server tells none
  quote: Quote[];
  papers_due: { dossier_id: string; lines: number[] }[];
  only_lines?: number[] | null; // a visit for these papers alone; an older server tells none
  dossiers: Dossier[];
  parcels: ParcelHere[];
}

/** Named beforehand by who asked. The digits of the paper are not told: they are read from it. */
export interface NamedReceiver {
  name: string;
  relation: "family" | "authorised";
}

/** What is spoken in a house besides what every courier speaks; `mine`: this courier speaks it. */
export interface SpokenThere {
  name: string;
  mine: boolean;
}

/** Who agreed to translate by telephone. */
export interface Interpreter {
  name: string;
  phone: string;
}

export interface Window {
  starts_at: string;
  ends_at: string;
}

/** How a try ended; `label`: why not, as the outcome table says it; null: done. */
export interface TriedToday {
  outcome: string;
  label: string | null;
  at: string;
}

export interface Place {
  id: string;
  address: string | null;
  landmark: string | null;
  former_name: string | null;
  unit: string;
  unit_code?: string; // an older server tells none
  lon: number;
  lat: number;
  pin_confirmed: boolean;
  memory: string | null;
}

/** Between two trips: what was collected stays at the office, and the next bag is taken. */
export interface BackAtOffice {
  trip: number; // that begins then
  at: string;
  leaves: string;
}

export interface WireStop<E = WireErrand> {
  id: number;
  sequence: number;
  locked: boolean;
  back?: BackAtOffice | null; // before it; an older server tells nothing of trips
  place: Place;
  window: Window | null; // of this day; null: no slot was promised
  arrives_at: string; // as planned, like all that follows; an older server tells no more than this
  starts_at?: string;
  leaves_at?: string;
  distance_m: number; // from the office, along the route
  errands: E[];
}

/** A time that was free when the bundle was made. */
export interface OpenSlot extends Window {
  id: number;
}

export interface OutcomeChoice {
  code: string;
  label: string;
  evidence: string[];
  counts: boolean;
  for: ErrandKind[];
}

export interface Route {
  id: number;
  number: number;
  starts_at: string;
  ends_at: string;
  break_at: string | null;
  break_s?: number;
  distance_m?: number; // of the whole route, back to the office
  stood_in?: boolean; // by the evening's draft, because the morning's plan did not come; an older server tells none
  started_at?: string | null;
  started: boolean;
  revision: number;
  others: { id: number; name: string }[];
}

export interface Office {
  id: number;
  name: string;
  lon: number;
  lat: number;
  phone: string | null; // at the counter
  duty_phone?: string | null; // of whoever plans today; an older server tells none
}

/** Numbers set aside for this phone: from `next` to `last`, then the runs of `more`. */
export interface Spare {
  next: number | null;
  last: number | null;
  more: [number, number][];
}

export interface WireBundle<E = WireErrand> {
  made_at: string;
  day: string;
  courier: { id: number; name: string; office: Office };
  route: Route | null;
  stops: WireStop<E>[];
  bag: { code: string; purpose: string; errand_id: string | null; reference: string | null }[];
  waiting: { code: string; errand_id: string | null; purpose?: string }[];
  desks: { id: number; name: string }[];
  procedures: Record<string, Procedure>;
  outcomes: OutcomeChoice[];
  slots?: Record<string, OpenSlot[]>; // by commune; an older server tells none
  evidence: Record<string, string>; // key: the question, in Vietnamese
  receipts: Spare & { prefix: string };
  labels: Spare;
  cash?: WireCash; // an older server tells none
  map: { areas: { type: "FeatureCollection"; features: unknown[] } };
  server_key: string;
}

/** Parts of the way along roads: the stops at both ends (null: the office), the first place, then steps, in `unit` degrees. */
export interface WayLines {
  unit: number;
  legs: { from: number | null; to: number | null; line: number[] }[];
}

// -- the bundle as a screen sees it: with what this phone did laid over it

/** In words on every screen: saved on the phone / sending / received / needs help. */
export type ActState = "saved" | "sending" | "received" | "needs_help";

export interface LocalAct {
  kind: OperationKind;
  op_id: string;
  state: ActState;
  at: string; // by the office's clock, as well as the phone knows it
}

export interface Errand extends WireErrand {
  called: string[]; // when the call button was pressed today, in the order of time
  local: LocalAct | null; // the newest act of this phone at this errand that the bundle does not know yet
  collected: string[]; // ids of dossiers whose papers this phone took and the bundle does not know yet
  closed: boolean; // nothing is left to do for it at this door today
}

/** `sequence`: its number in the order that is shown. */
export interface Stop extends WireStop<Errand> {
  done: boolean;
  gone: boolean; // taken off the route while it stood open on the screen
  added: boolean; // an envelope scanned on the way: its household is not known here
}

export interface Bundle extends Omit<WireBundle, "stops" | "cash"> {
  cash: Cash;
  stops: Stop[]; // in today's order
  next: number | null; // id of the first stop that is not done
  added: string[]; // codes of envelopes scanned that are on no stop
}

// -- acts

/** Where and how exactly; integers only, as hashed. */
export interface Fix {
  lon_e6: number;
  lat_e6: number;
  accuracy_m: number;
  age_s: number;
}

export interface Party {
  holder: Holder;
  id: string;
}

/** What a screen gives to `record`; salt, fix and files are the engine's. */
export interface Payloads {
  run_started: { route_id: number };
  run_ended: { route_id: number; bag: string[]; cash: number; purses: Purses };
  collected: {
    dossier_id: string;
    procedure_version: string;
    cases: string[];
    papers: Record<string, { tick: Tick; form: PaperForm; count: number }>;
    in_part: boolean;
    label: string;
    seal: string;
    slips_signed: true;
    thumbprint: boolean;
    read_aloud?: boolean; // slip and consent, to who gave a thumbprint
    witness: string | null;
    receipt: Receipt | null;
    signed_with?: string; // the act before at this door, whose signature stands for this one, too
  };
  delivered: {
    receiver_name: string;
    receiver_relation: "self" | "family" | "authorised";
    receiver_role?: string; // of who receives for an organisation
    id_kind: string;
    id_last4: string;
    code: string | null;
    code_tries?: number; // how many codes the phone checked
    seal_whole: true;
    parcels: string[];
    scanned: true;
    thumbprint: boolean;
    read_aloud?: boolean; // slip and consent, to who gave a thumbprint
    witness: string | null;
    receipt: Receipt | null;
    signed_with?: string;
  };
  not_done: { outcome: string; evidence: Record<string, string | string[]>; consent: boolean };
  handed_over: { parcels: string[]; giver: Party; taker: Party; note: string };
  stop_added: { code: string };
  reordered: { route_id: number; stops: number[] };
  pin_corrected: { place_id: string; lon_e6: number; lat_e6: number };
  called: { whom: "applicant" | "helper" };
  incident: { incident: "seal_broken" | "lost" | "damaged"; parcel: string; note: string };
  amended: { amends: string; why: string; changes: Partial<Record<AmendableField, string>> };
}

export type AmendableField = "receiver_name" | "receiver_relation" | "id_kind" | "id_last4" | "outcome" | "note";

export interface Act<K extends OperationKind> {
  errandId?: string | null;
  revisionSeen?: number | null;
  payload: Payloads[K];
  files?: { kind: FileKind; blob: Blob }[];
  round?: number; // 2: back at the same errand on the same day, after "not done"
  form?: string; // whose answers and pictures end with it
}

// -- the wire of operations

export interface WireOperation {
  op_id: string;
  seq: number;
  kind: OperationKind;
  errand_id: string | null;
  revision_seen: number | null;
  occurred_at: string;
  offset_ms: number | null;
  commitment: string;
  files: string[];
  previous: string;
  hash: string;
  signature?: string; // by the phone's own key, once the office knows it
  sealed: string;
}

export type Result = "applied" | "duplicate" | "needs_review" | "rejected";

export interface Review {
  code: string;
  detail: string;
}

export interface Problem {
  code: string;
  detail: string;
  errors?: { field?: string; code?: string; detail?: string }[];
}

export interface Answer {
  op_id: string;
  result: Result;
  reviews: Review[];
  problem: Problem | null;
  errand: { id: string; state: ErrandState; revision: number } | null;
  parcel: string | null;
  stored: Omit<Answer, "stored"> | null;
}

export interface Standing {
  now: string;
  epoch?: string; // of the server's database: another one was restored from a copy; an older server tells none
  revoked: boolean;
  access_ended: boolean;
  owes: [number, number][];
}

export interface OperationsAnswer extends Standing {
  answers: Answer[];
}

export interface SignedIn {
  device_id: string;
  access_token: string;
  access_until: string;
  upload_token: string;
  server_key: string;
  now: string;
  epoch?: string;
  last_seq: number;
  head_hash: string;
  courier: { id: number; name: string };
}
