import type { Wire, WireOperation } from "../types";
import { hex, random, sha256, utf8, type Bytes } from "./bytes";
import { canonical } from "./canonical";

export const GENESIS = "0".repeat(64);

/** UUID version 7: the time comes first, so that ids sort by when they were made. */
export function uuid7(now: number): string {
  const bytes = random(16);
  new DataView(bytes.buffer).setUint32(0, Math.floor(now / 0x10000));
  new DataView(bytes.buffer).setUint16(4, now % 0x10000);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export const salt = (): string => hex(random(16));

export type Header = Omit<WireOperation, "hash" | "signature" | "sealed">;

/** What is hashed and signed; app/domain/operation.py (`Header.canonical`) writes the same. */
export function headerText(deviceId: string, header: Header): Bytes {
  const { op_id, seq, kind, errand_id, revision_seen, occurred_at, offset_ms, commitment, files, previous } = header;
  const fields: Wire = {
    device_id: deviceId,
    op_id,
    seq,
    kind,
    errand_id,
    revision_seen,
    occurred_at,
    offset_ms,
    commitment,
    files,
    previous,
  };
  return utf8(canonical(fields));
}

/** The link of the phone's own chain. */
export const headerHash = (deviceId: string, header: Header): Promise<string> => sha256(headerText(deviceId, header));
