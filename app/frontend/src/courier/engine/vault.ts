import type { Table } from "dexie";
import { random, utf8, type Bytes } from "./bytes";
import { memory, remember } from "./memory";
import { layReserve, withRoom } from "./room";
import type { LocalBox, VaultRow } from "./store";
import { store } from "./store";
import { countTry, giveBack } from "./tries";

/* Today's bundle and the access token lie under a random key, and that key under the PIN. Five wrong PINs erase them,
   never the queue, which is sealed to the server and needs no PIN. */
const ITERATIONS = 310_000;
export const TRIES = 5;

const decoder = new TextDecoder();

export class Locked extends Error {
  override name = "Locked";
}

export const isPin = (text: string): boolean => /^[0-9]{6}$/.test(text);

/** Make the vault for this shift: what is in it can be read only after `openVault` with the same PIN. */
export async function makeVault(pin: string, access: string): Promise<void> {
  if (!isPin(pin)) throw new TypeError("a PIN has six digits");
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  const [salt, iv] = [random(16), random(12)];
  const wrapped = await crypto.subtle.wrapKey("raw", key, await pinKey(pin, salt, ITERATIONS), { name: "AES-GCM", iv });
  const row: VaultRow = {
    id: "vault",
    salt,
    iterations: ITERATIONS,
    iv,
    wrapped: new Uint8Array(wrapped),
    tries: 0,
    access: await close(key, utf8(JSON.stringify(access))),
  };
  const lay = () =>
    store.transaction("rw", readable(), async () => {
      await clearReadable();
      await store.settings.put(row);
    });
  await withRoom(lay, true);
  remember({ key, pending: null });
  await layReserve();
}

export async function openVault(pin: string): Promise<{ ok: boolean; triesLeft: number }> {
  const counted = await countTry();
  if (!counted) return { ok: false, triesLeft: 0 };
  const { row, tries } = counted;
  const key = tries > TRIES ? null : await unwrap(row, pin);
  if (key) {
    await giveBack(row);
    remember({ key });
    return { ok: true, triesLeft: TRIES };
  }
  if (tries >= TRIES) await eraseVault();
  return { ok: false, triesLeft: Math.max(0, TRIES - tries) };
}

async function unwrap(row: VaultRow, pin: string): Promise<CryptoKey | null> {
  const gcm = { name: "AES-GCM", iv: row.iv };
  const under = await pinKey(pin, row.salt, row.iterations);
  try {
    return await crypto.subtle.unwrapKey("raw", row.wrapped, under, gcm, "AES-GCM", false, ["encrypt", "decrypt"]);
  } catch {
    return null; // another PIN: the tag does not match
  }
}

export const lockVault = (): void => remember({ key: null });

/** Erase what the vault held; operations and files stay. */
export async function eraseVault(): Promise<void> {
  await store.transaction("rw", readable(), async () => {
    await clearReadable();
    await store.settings.delete("session");
  });
  remember({ key: null, pending: null });
}

export const readable = (): Table[] => [store.settings, store.bundles, store.effects, store.drafts];

/** Everything under the vault's key, and the key: inside a transaction over `readable()`. */
export async function clearReadable(): Promise<void> {
  await store.settings.bulkDelete(["vault", "place", "way"]);
  await Promise.all([store.bundles.clear(), store.effects.clear(), store.drafts.clear()]);
}

/** The access token; Locked while the PIN has not been given. */
export async function accessToken(): Promise<string> {
  const row = await store.vault();
  if (!row) throw new Locked();
  return openLocal<string>(row.access);
}

export const closeLocal = (value: unknown): Promise<LocalBox> => closeLocalBytes(utf8(JSON.stringify(value)));

export async function openLocal<T>(box: LocalBox): Promise<T> {
  return JSON.parse(decoder.decode(await openLocalBytes(box))) as T;
}

export async function closeLocalBytes(plain: Bytes): Promise<LocalBox> {
  if (!memory.key) throw new Locked();
  return close(memory.key, plain);
}

export async function openLocalBytes({ iv, box }: LocalBox): Promise<Bytes> {
  if (!memory.key) throw new Locked();
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, memory.key, box));
}

async function close(key: CryptoKey, plain: Bytes): Promise<LocalBox> {
  const iv = random(12);
  return { iv, box: new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain)) };
}

async function pinKey(pin: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveKey"]);
  const pbkdf2 = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(pbkdf2, material, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}
