import type { Wire } from "../types";
import { base64, utf8, type Bytes } from "./bytes";
import { canonical } from "./canonical";
import { headerText } from "./operation";
import { withRoom } from "./room";
import { api, Refused } from "./server";
import { store, type DeviceRow, type OperationRow, type SigningRow } from "./store";

/* This phone's own key: made here, and the browser lets nobody take it out, not even this app. Each act is signed when it is
   written; the office learns the public half at the next contact of the shift (app/services/staff/phone_keys.py). */
const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGN = { name: "ECDSA", hash: "SHA-256" } as const;

const idOf = (deviceId: string): SigningRow["id"] => `key:${deviceId}`;

export const signingOf = async (deviceId: string): Promise<SigningRow | undefined> =>
  (await store.settings.get(idOf(deviceId))) as SigningRow | undefined;

async function sign(row: SigningRow, text: Bytes): Promise<string> {
  return base64(new Uint8Array(await crypto.subtle.sign(SIGN, row.key, text)));
}

/** What shows that this phone is the one that was enrolled; null: it has no key that the office knows. */
export async function answerChallenge(deviceId: string): Promise<{ challenge: string; signature: string } | null> {
  const row = await signingOf(deviceId);
  if (row?.state !== "known") return null;
  try {
    const challenge = await api.challenge(deviceId);
    return { challenge, signature: await sign(row, purpose("sign-in", { challenge, device_id: deviceId })) };
  } catch (fault) {
    if (fault instanceof Refused) return null; // an older server: it asks for nothing
    throw fault;
  }
}

const purpose = (what: string, said: Wire): Bytes => utf8(`tannha ${what} v1\n${canonical(said)}`);

/** Signed for this purpose by the phone's own key; null: it has none. */
export async function signFor(deviceId: string, what: string, said: Wire): Promise<string | null> {
  const row = await signingOf(deviceId);
  return row ? sign(row, purpose(what, said)) : null;
}

/** The signature of an act; null on a phone that has no key yet. */
export async function signatureOf(row: Omit<OperationRow, "signature">): Promise<string | null> {
  const signing = await signingOf(row.device_id);
  return signing && row.seq >= signing.from_seq ? sign(signing, headerText(row.device_id, row)) : null;
}

/** As it goes over the wire: to all but an office that does not take the key. What another tab wrote meanwhile is signed here. */
export async function signatureToSend(row: OperationRow): Promise<{ signature?: string }> {
  if ((await signingOf(row.device_id))?.state === "unwanted") return {};
  const signature = row.signature ?? (await signatureOf(row));
  return signature ? { signature } : {};
}

/** Make the key of the phone that is signed in, if it has none: what it writes from now on is signed. */
async function makeKey(device: DeviceRow): Promise<void> {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  const public_key = base64(new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey)));
  await store.transaction("rw", store.devices, store.settings, async () => {
    const [now, before] = [await store.devices.get(device.device_id), await signingOf(device.device_id)];
    if (!now || before) return; // another tab was first
    const row = { id: idOf(device.device_id), key: pair.privateKey, public_key, from_seq: now.seq + 1 };
    await store.settings.put({ ...row, state: "new" });
  });
}

/**
 * Before anything is sent: the office learns this phone's key. Without a line it throws; an office that does not want the
 * key now (an older one, a shift that is over) is sent what waits all the same, unsigned as ever.
 */
export async function introduce(device: DeviceRow): Promise<void> {
  const session = await store.session();
  if (session?.device_id === device.device_id && !(await signingOf(device.device_id))) await makeKey(device);
  const row = await signingOf(device.device_id);
  if (row?.state !== "new") return;
  const { public_key, from_seq: signed_from_seq } = row;
  const signature = await sign(row, purpose("key", { device_id: device.device_id, public_key, signed_from_seq }));
  try {
    await api.key(device.upload_token, { public_key, signed_from_seq, signature });
    await keep(row, "known");
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    await keep(row, "unwanted");
  }
}

/** The office may have forgotten the key, or be another one: show it once more before the next act goes. */
export async function introduceAnew(deviceId: string): Promise<void> {
  const row = await signingOf(deviceId);
  if (row) await keep(row, "new");
}

/** Signed in again, or asked to send now: the office may want the key by now. */
export async function offerAgain(): Promise<void> {
  const rows = (await store.settings.where("id").startsWith("key:").toArray()) as SigningRow[];
  for (const row of rows) if (row.state === "unwanted") await keep(row, "new");
}

const keep = (row: SigningRow, state: SigningRow["state"]) =>
  withRoom(() => store.settings.put({ ...row, state }), true);
