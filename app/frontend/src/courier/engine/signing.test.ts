import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import type { WireOperation } from "../types";
import { refreshBundle } from "./bundle";
import { fromBase64 } from "./bytes";
import { memory } from "./memory";
import { headerText } from "./operation";
import { outside } from "./outside";
import { record } from "./record";
import { rescueZip } from "./rescue";
import { setPin, signIn, signOut } from "./session";
import { endIfOver } from "./shift";
import { signingOf } from "./signing";
import { store, type SigningRow } from "./store";
import { askStatus, retryPutAside, sendAll } from "./sync";
import { ANOTHER, bundleOf, clock, DEVICE, server, stopOf, verify } from "./testing";

async function startShift(): Promise<void> {
  server.bundle = bundleOf(server.key, [stopOf(1)]);
  await signIn("buuta-thu", "mat khau");
  await setPin("135790");
  await refreshBundle();
}

const act = () => record("stop_added", { payload: { code: "RT473124829VN" } });
const sent = (): WireOperation[] => [...server.operations.values()].map(({ op }) => op);
const row = async (): Promise<SigningRow | undefined> => signingOf(DEVICE);

async function isSigned(op: WireOperation): Promise<boolean> {
  return verify(server.phoneKey?.public_key ?? "", op.signature ?? "", headerText(DEVICE, op));
}

/** A phone of today, as an update finds it: signed in, with a queue, and no key. */
async function upgrade(): Promise<void> {
  server.old = true;
  await startShift();
  await act();
  await store.settings.delete(`key:${DEVICE}`);
  await store.operations.toCollection().modify((one) => {
    delete one.signature;
  });
  server.old = false;
}

test("a phone makes its key at sign-in, and nobody can take it out", async () => {
  await startShift();
  expect(server.phoneKey).toMatchObject({ signed_from_seq: 1 });
  const key = (await row())?.key;
  expect(key?.extractable).toBe(false);
  await expect(crypto.subtle.exportKey("pkcs8", key as CryptoKey)).rejects.toThrow();
});

test("an act is signed when it is written, and the signature goes along", async () => {
  await startShift();
  await act();
  const [kept] = await store.operations.toArray();
  expect(fromBase64(kept?.signature ?? "")).toHaveLength(64);
  await sendAll();
  expect(await Promise.all(sent().map(isSigned))).toEqual([true]);
});

// tests/frontend/test_courier_engine.py checks by the server's own code what is printed here
test("what the phone signs is printed for the server's own tests", async () => {
  await startShift();
  await act();
  await sendAll();
  await signOut();
  await startShift();
  const { keyBody, signInBody } = server;
  if (import.meta.env.VITE_SERVER_KEY) {
    console.log(
      `SIGNED ${JSON.stringify({ device: DEVICE, operation: sent()[0], key: keyBody, sign_in: signInBody })}`,
    );
  }
  expect([keyBody?.signature, signInBody?.signature, sent()[0]?.signature].every(Boolean)).toBe(true);
});

test("a rescue package carries the signatures", async () => {
  await startShift();
  server.faults = ["before"];
  await act();
  const zip = unzipSync(new Uint8Array(await (await rescueZip()).arrayBuffer()));
  const { ops } = JSON.parse(new TextDecoder().decode(zip["ops.json"])) as { ops: WireOperation[] };
  expect(await Promise.all(ops.map(isSigned))).toEqual([true]);
});

test("a phone of today gets its key at its next contact; its queue goes as it was written, what follows is signed", async () => {
  await upgrade();
  await sendAll();
  await act();
  await sendAll();
  expect(server.phoneKey?.signed_from_seq).toBe(2);
  expect(sent().map((op) => op.signature === undefined)).toEqual([true, false]);
  expect(await isSigned(sent()[1] as WireOperation)).toBe(true);
});

test("a phone with nothing to send gets its key, too", async () => {
  await upgrade();
  await sendAll();
  server.phoneKey = null;
  await store.settings.delete(`key:${DEVICE}`);
  await askStatus();
  expect(server.phoneKey).toMatchObject({ signed_from_seq: 2 });
});

test("the office learns the key before it is sent an act, also where the line broke at sign-in", async () => {
  server.bundle = bundleOf(server.key, [stopOf(1)]);
  server.faults = [null, "before"];
  await signIn("buuta-thu", "mat khau");
  expect(server.phoneKey).toBeNull();
  await setPin("135790");
  await act();
  await sendAll();
  expect(server.log.slice(-2)).toEqual(["POST /key", "POST /ops"]);
  expect(await isSigned(sent()[0] as WireOperation)).toBe(true);
});

test("an answer that was lost does not make a second key", async () => {
  server.bundle = bundleOf(server.key, [stopOf(1)]);
  server.faults = [null, "after"];
  await signIn("buuta-thu", "mat khau");
  const first = server.phoneKey;
  await askStatus();
  expect([server.phoneKey, (await row())?.state]).toEqual([first, "known"]);
});

test("a server of yesterday is sent what it can read, and learns the key once it is of today", async () => {
  server.old = true;
  await startShift();
  await act();
  await sendAll();
  expect(sent().map((op) => "signature" in op)).toEqual([false]);
  server.old = false;
  await retryPutAside();
  await act();
  await sendAll();
  expect(server.phoneKey?.signed_from_seq).toBe(1);
  expect(await isSigned(sent()[1] as WireOperation)).toBe(true);
});

test("what a server of yesterday refused for its signature is sent once more", async () => {
  await startShift();
  const detail = "";
  server.results = {
    stop_added: {
      result: "rejected",
      problem: { code: "operation_malformed", detail, errors: [{ field: "signature" }] },
    },
  };
  await act();
  await sendAll();
  server.results = {};
  server.operations.clear();
  await retryPutAside();
  await sendAll();
  expect((await store.operations.toArray()).map((one) => one.result)).toEqual(["applied"]);
});

test("an office that has forgotten the key learns it before it judges an act", async () => {
  await startShift();
  await act();
  server.phoneKey = null;
  await expect(sendAll()).rejects.toThrow();
  expect(sent()).toEqual([]);
  await sendAll();
  expect(await Promise.all(sent().map(isSigned))).toEqual([true]);
});

test("what another tab wrote without a key is signed when it goes", async () => {
  await startShift();
  await act();
  await store.operations.toCollection().modify((one) => {
    delete one.signature;
  });
  await sendAll();
  expect(await isSigned(sent()[0] as WireOperation)).toBe(true);
});

test("the next morning the phone shows its key and goes on with its numbers", async () => {
  await startShift();
  await act();
  await sendAll();
  await signOut();
  await startShift();
  expect(server.log.filter((line) => line === "POST /challenge")).toHaveLength(1);
  expect((await store.device())?.device_id).toBe(DEVICE);
});

test("a phone whose key is gone is a new phone, with a key of its own", async () => {
  await startShift();
  await signOut();
  await store.settings.delete(`key:${DEVICE}`);
  server.phoneKey = { public_key: server.phoneKey?.public_key ?? "", signed_from_seq: 1 };
  await signIn("buuta-thu", "mat khau");
  expect((await store.device())?.device_id).toBe(ANOTHER);
});

test("five wrong PINs and the end of a shift leave the key", async () => {
  await startShift();
  clock.now += 15 * 3600 * 1000;
  expect(await endIfOver()).toBe(true);
  expect(memory.key).toBeNull();
  expect((await row())?.state).toBe("known");
  expect(outside.online()).toBe(true);
});
