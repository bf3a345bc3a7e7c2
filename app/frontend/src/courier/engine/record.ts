import type { Act, Fix, OperationKind, Payloads, Wire, WireOperation } from "../types";
import { base64, sha256, utf8, type Bytes } from "./bytes";
import { canonical, clean } from "./canonical";
import { refuseTwice, thingOf, type Kept } from "./acts";
import { NoBundle, readBundle } from "./bundle";
import { effectOf } from "./effects";
import { release } from "./numbers";
import { headerHash, salt, uuid7 } from "./operation";
import { outside } from "./outside";
import { lastPosition, positionOfAct } from "./position";
import { withRoom } from "./room";
import { contextOfFile, contextOfOperation, seal } from "./seal";
import { signatureOf, signatureToSend } from "./signing";
import { store, type ActRow, type DeviceRow, type EffectRow, type FileRow, type OperationRow } from "./store";
import { closeLocal, Locked } from "./vault";

interface SealedFile {
  row: FileRow;
  box: Bytes;
}

/**
 * Write down one act at a door. It resolves when operation, sealed box, sealed files and their effect lie on the disk
 * in one transaction: only then may the screen say "saved". Throws AlreadyRecorded when this phone has told it today.
 */
export async function record<K extends OperationKind>(kind: K, act: Act<K>): Promise<OperationRow> {
  const device = await store.device();
  if (!device) throw new Locked();
  const now = outside.now();
  const opId = uuid7(now);
  const [fix, files] = await Promise.all([positionFor(kind), sealFiles(device, act.files ?? [], now)]);
  const plain = utf8(canonical(payloadOf(act, fix, files)));
  const errandId = act.errandId ?? null;
  const [commitment, box, effect] = await Promise.all([
    sha256(plain),
    seal(device.server_key, contextOfOperation(opId), plain),
    closeLocal(effectOf(kind, errandId, act.payload, device.courier.id)),
  ]);
  const facts = {
    op_id: opId,
    kind,
    errand_id: errandId,
    revision_seen: act.revisionSeen ?? null,
    occurred_at: new Date(now).toISOString(),
    commitment,
    files: [...new Set(files.map(({ row }) => row.sha256))].sort(),
  };
  const told = await toldBy(kind, act, opId, now);
  const form = act.form ?? null;
  const also: Also = { ...told, effect: { op_id: opId, ...effect }, form, used: usedNumbers(act.payload) };
  for (;;) {
    const row = await chained(facts, device.device_id, now);
    const written = await withRoom(() => write(row, box, files, also));
    if (written) return row; // else another tab wrote in between: chain anew to what it wrote
  }
}

/** A call goes on in another app: it is written at once, with what was known last. */
const positionFor = (kind: OperationKind): Promise<Fix | null> =>
  kind === "called" ? Promise.resolve(lastPosition()) : positionOfAct();

/** What is written in the same moment as the operation itself. */
interface Also {
  effect: EffectRow;
  told: ActRow;
  dossiers: string[];
  form: string | null;
  used: { receipt: string | null; label: string | null };
}

async function toldBy(
  kind: OperationKind,
  { errandId, payload, files, round }: Act<OperationKind>,
  op_id: string,
  written_at: number,
): Promise<Pick<Also, "told" | "dossiers">> {
  const { day, stops } = await readBundle().catch(noDay);
  const errand = stops.flatMap((stop) => stop.errands).find((one) => one.id === errandId);
  const box = await closeLocal({ said: payload, files: (files ?? []).map((file) => file.kind) } satisfies Kept);
  const once = { kind, errand_id: errandId ?? null, thing: thingOf(payload), round: round ?? 1 };
  return {
    told: { op_id, ...once, day, written_at, ...box },
    dossiers: errand?.kind === "collect" ? errand.dossiers.map((dossier) => dossier.id) : [],
  };
}

/** Nothing keeps an act from being written: without a list of today it is only not shown again. */
function noDay(fault: unknown): { day: string; stops: [] } {
  if (fault instanceof NoBundle) return { day: "", stops: [] };
  throw fault;
}

function payloadOf(act: Act<OperationKind>, fix: Fix | null, files: SealedFile[]): Wire {
  const listed = files.map(({ row }) => ({ kind: row.kind, sha256: row.sha256 }));
  return clean({
    ...(act.payload as unknown as Record<string, Wire>),
    salt: salt(),
    fix: fix && { ...fix },
    files: listed,
  });
}

async function sealFiles(
  device: DeviceRow,
  files: NonNullable<Act<"collected">["files"]>,
  now: number,
): Promise<SealedFile[]> {
  return Promise.all(
    files.map(async ({ kind, blob }) => {
      const plain = new Uint8Array(await blob.arrayBuffer());
      const hash = await sha256(plain);
      const box = await seal(device.server_key, contextOfFile(hash), plain);
      const row: FileRow = {
        sha256: hash,
        kind,
        device_id: device.device_id,
        size: box.length,
        sent: 0,
        waits: 1,
        forged: 0,
        problem: null,
        written_at: now,
      };
      return { row, box };
    }),
  );
}

type Facts = Pick<
  OperationRow,
  "op_id" | "kind" | "errand_id" | "revision_seen" | "occurred_at" | "commitment" | "files"
>;

async function chained(facts: Facts, deviceId: string, now: number): Promise<OperationRow> {
  const device = await store.devices.get(deviceId);
  if (!device) throw new Locked();
  const header = { ...facts, seq: device.seq + 1, offset_ms: device.offset_ms, previous: device.head };
  const hash = await headerHash(deviceId, header);
  const unanswered = { result: null, reviews: [], problem: null, answered_at: null, written_at: now } as const;
  const row: OperationRow = { ...header, hash, device_id: deviceId, ...unanswered, reviews: [], waits: 1, kept: 1 };
  return { ...row, signature: await signatureOf(row) };
}

/** All of it or nothing. False: the phone's chain went on meanwhile, and nothing was written. */
function write(row: OperationRow, box: Bytes, files: SealedFile[], also: Also): Promise<boolean> {
  const { devices, operations, boxes, files: states, blobs, effects, numbers, acts, drafts } = store;
  const tables = [devices, operations, boxes, states, blobs, effects, numbers, acts, drafts];
  return store.transaction("rw", tables, async () => {
    const device = await devices.get(row.device_id);
    if (device?.seq !== row.seq - 1) return false;
    await refuseTwice(also.told, also.dossiers);
    await devices.update(row.device_id, { seq: row.seq, head: row.hash });
    await operations.add(row);
    await boxes.add({ op_id: row.op_id, box });
    for (const file of files) {
      if (await states.get(file.row.sha256)) continue; // the same picture again: one is enough
      await states.add(file.row);
      await blobs.add({ sha256: file.row.sha256, box: file.box });
    }
    await effects.add(also.effect);
    await acts.where("day").below(also.told.day).delete();
    await acts.add(also.told);
    await release(also.used, device.courier.id);
    if (also.form) await drafts.where("key").startsWith(also.form).delete();
    return true;
  });
}

function usedNumbers(payload: Payloads[OperationKind]): { receipt: string | null; label: string | null } {
  const receipt = "receipt" in payload ? (payload.receipt?.number ?? null) : null;
  return { receipt, label: "label" in payload ? payload.label : null };
}

/** The operation as it goes over the wire, its box from the disk; null: the box is gone, it was taken in long ago. */
export async function wireOf(row: OperationRow): Promise<WireOperation | null> {
  const kept = await store.boxes.get(row.op_id);
  if (!kept) return null;
  const { op_id, seq, kind, errand_id, revision_seen, occurred_at, offset_ms, commitment, files, previous, hash } = row;
  const open = { op_id, seq, kind, errand_id, revision_seen, occurred_at, offset_ms, commitment, files };
  return { ...open, previous, hash, ...(await signatureToSend(row)), sealed: base64(kept.box) };
}
