import Dexie, { type EntityTable, type Table } from "dexie";
import type { RoadLayer } from "../../modules/road-layer";
import type { FileKind, OperationKind, Problem, Result, Review, Telephones, WireOperation } from "../types";
import type { Bytes } from "./bytes";

/** A phone as the server knows it. An older one stays until its queue is empty: its operations carry its id. */
export interface DeviceRow {
  device_id: string;
  name: string;
  courier: { id: number; name: string };
  upload_token: string; // opens nothing but the door for sealed facts
  server_key: string;
  seq: number; // of the last operation written
  head: string; // its hash
  offset_ms: number | null; // server's clock minus ours, at the last contact
  contact_at: string | null; // by the server's clock
  epoch?: string | null; // of its database, as it last told; a row of before has none
  revoked: boolean;
  telephones?: Telephones; // readable without the PIN: who forgot it, or found the phone, has to call somebody
}

/** Who is signed in; the access token lies in the vault. */
export interface SessionRow {
  id: "session";
  device_id: string;
  access_until: string;
  lasts_ms?: number; // the shift, as it was given; a row of before has none
  open_ms?: number; // how long the day has lain open, by no clock that can be set
}

/** A phone's own key. `state`: whether the office knows the public half; unwanted: it did not take it when last asked. */
export interface SigningRow {
  id: `key:${string}`;
  key: CryptoKey; // not extractable
  public_key: string; // SPKI, base64
  from_seq: number; // the first number that is signed
  state: "new" | "known" | "unwanted";
}

export interface VaultRow {
  id: "vault";
  salt: Bytes;
  iterations: number;
  iv: Bytes;
  wrapped: Bytes; // the random key, under the PIN's
  tries: number; // wrong ones since the last right one
  access: LocalBox;
}

/** Room laid by for a full disk. */
export interface ReserveRow {
  id: "reserve";
  room: Bytes;
}

/** The roads of the own commune, for the map: open to read, they name nobody. */
export interface RoadsRow {
  id: "roads";
  etag: string | null;
  layer: RoadLayer;
}

/** The way between today's doors, for the map. */
export interface WayRow extends LocalBox {
  id: "way";
  etag: string | null;
}

/** Something only the open vault reads. */
export interface LocalBox {
  iv: Bytes;
  box: Bytes;
}

export interface BundleRow extends LocalBox {
  id: "bundle";
  device_id: string;
  etag: string | null;
  made_at: string; // by the server's clock
  asked_at: number; // by ours
  knows?: Set<string>; // acts that were answered before it was asked for; a row of before has none
}

export interface OperationRow extends Omit<WireOperation, "sealed" | "signature"> {
  device_id: string;
  signature?: string | null; // by this phone's key, made when the act was written
  result: Result | "unknown" | null; // null: the server has not answered; unknown: in a word that only a newer app knows
  reviews: Review[];
  problem: Problem | null;
  answered_at: number | null; // by our clock, as everything that is only compared here
  written_at: number;
  waits: 0 | 1; // 1: to be sent
  kept: 0 | 1; // 1: its box is still here
}

export interface FileRow {
  sha256: string; // of the plain file
  kind: FileKind;
  device_id: string;
  size: number; // of the box, which is what is sent
  sent: number;
  waits: 0 | 1;
  forged: number; // how often the server found another hash
  problem: Problem | null;
  written_at: number;
  home_at?: number | null; // by our clock: whole over there; its box stays sealed here for a week
}

/** What is left of an operation that the office has had for a week. */
export interface PastRow {
  op_id: string;
  device_id: string;
  seq: number;
  hash: string;
  result: OperationRow["result"];
}

/** What an act changes in today's bundle until the bundle itself knows; read by the open vault only. */
export interface EffectRow extends LocalBox {
  op_id: string;
}

/** What was recorded today, to be shown again and not to be recorded twice; its words for the open vault only. */
export interface ActRow extends LocalBox {
  op_id: string;
  kind: OperationKind;
  errand_id: string | null;
  thing: string | null; // the dossier or the route that it is about
  round: number; // at this errand, today
  day: string; // of the bundle
  written_at: number;
}

/** A form in progress, or one picture of it. */
export interface DraftRow extends LocalBox {
  key: string;
  type: string | null; // of a picture
}

/** Numbers already given out of the reserved blocks, and those held for a form that is not finished. */
export interface NumberRow {
  id: "receipt" | "label" | `label:${number}`; // of that courier; without: as apps of before wrote it
  next: number;
  held: Record<string, number>;
  paper?: number; // where the paper roll stands, once a label was scanned that this phone had not given
}

/** What the screen shows open: a new bundle must not take it away. */
export interface PlaceRow {
  id: "place";
  open: number | null;
}

export class Store extends Dexie {
  declare devices: EntityTable<DeviceRow, "device_id">;
  declare settings: Table<SessionRow | VaultRow | PlaceRow | SigningRow | ReserveRow | RoadsRow | WayRow, string>;
  declare bundles: EntityTable<BundleRow, "id">;
  declare operations: EntityTable<OperationRow, "op_id">;
  declare boxes: EntityTable<{ op_id: string; box: Bytes }, "op_id">;
  declare files: EntityTable<FileRow, "sha256">;
  declare blobs: EntityTable<{ sha256: string; box: Bytes }, "sha256">; // a row a file, written once, never rewritten
  declare effects: EntityTable<EffectRow, "op_id">;
  declare acts: EntityTable<ActRow, "op_id">;
  declare drafts: EntityTable<DraftRow, "key">;
  declare past: EntityTable<PastRow, "op_id">;
  declare numbers: EntityTable<NumberRow, "id">;

  constructor(name = "tannha-buu-ta") {
    // strict: what was said to be saved outlives a flat battery
    super(name, { chromeTransactionDurability: "strict" });
    this.version(1).stores({
      devices: "device_id",
      settings: "id",
      bundles: "id",
      operations: "op_id, [device_id+waits+seq], waits, kept",
      boxes: "op_id",
      files: "sha256, waits",
      blobs: "sha256",
      effects: "op_id",
      numbers: "id",
      drafts: "key",
    });
    this.version(2).stores({ past: "op_id, [device_id+seq]" });
    this.version(3).stores({ acts: "op_id, day" });
  }

  async session(): Promise<SessionRow | undefined> {
    return (await this.settings.get("session")) as SessionRow | undefined;
  }

  async vault(): Promise<VaultRow | undefined> {
    return (await this.settings.get("vault")) as VaultRow | undefined;
  }

  async place(): Promise<PlaceRow | undefined> {
    return (await this.settings.get("place")) as PlaceRow | undefined;
  }

  /** The phone as it is signed in now. */
  async device(): Promise<DeviceRow | undefined> {
    const session = await this.session();
    return session && this.devices.get(session.device_id);
  }
}

export const store = new Store();
