import { concat, fromBase64, random, utf8, type Bytes } from "./bytes";

/* box = 0x01 ‖ ephemeral P-256 point (65) ‖ iv (12) ‖ AES-256-GCM ciphertext and tag: app/services/evidence/sealed.py opens it.
   Once written, this phone itself can't read it any more: the ephemeral key is dropped here. */
const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;
const VERSION = new Uint8Array([1]);
const PURPOSE = "tannha seal v1\0";

export const contextOfOperation = (opId: string): string => `op:${opId}`;
export const contextOfFile = (sha256: string): string => `file:${sha256}`;

/** Seal `plain` to the server's public point (base64 of 65 bytes) for one use only, named by `context`. */
export async function seal(serverKey: string, context: string, plain: Bytes): Promise<Bytes> {
  const theirs = await crypto.subtle.importKey("raw", fromBase64(serverKey), CURVE, false, []);
  const ours = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", ours.publicKey));
  const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256);
  const key = await sealKey(secret, context);
  const iv = random(12);
  const closed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(context) }, key, plain);
  return concat(VERSION, point, iv, new Uint8Array(closed));
}

async function sealKey(secret: ArrayBuffer, context: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const salt = new Uint8Array();
  const hkdf = { name: "HKDF", hash: "SHA-256", salt, info: utf8(PURPOSE + context) };
  return crypto.subtle.deriveKey(hkdf, material, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
}
