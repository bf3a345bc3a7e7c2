import { expect, test } from "vitest";
import { fetchWay, readWay } from "./way-lines";
import { endAccess } from "./bundle";
import { lock, setPin, signIn, unlock } from "./session";
import { store } from "./store";
import { server } from "./testing";

const WAY = { unit: 0.00001, legs: [{ from: null, to: 4, line: [10800000, 1390000, 1000, -500] }] };

async function signedIn(): Promise<void> {
  await signIn("buuta-thu", "mat khau");
  await setPin("135790");
}

test("the way between doors is kept in the vault, and is here without a line", async () => {
  await signedIn();
  server.way = WAY;
  await fetchWay();
  server.faults = ["before"];
  await fetchWay();
  expect(await readWay()).toEqual(WAY);
  expect(JSON.stringify(await store.settings.get("way"))).not.toContain("10800000");
  lock();
  expect(await readWay()).toBeNull();
  await unlock("135790");
  expect(await readWay()).toEqual(WAY);
});

test("what did not change is not sent again, and what did takes its place", async () => {
  await signedIn();
  server.way = WAY;
  await fetchWay();
  server.way = { ...WAY, legs: [] }; // under the same mark: it is not asked for
  expect(await fetchWay()).toBe(false);
  expect(await readWay()).toEqual(WAY);
  server.wayEtag = 'W/"way-2"';
  expect(await fetchWay()).toBe(true);
  expect(await readWay()).toEqual({ ...WAY, legs: [] });
});

test("roads that are away at the office take no line from the phone", async () => {
  await signedIn();
  server.way = WAY;
  await fetchWay();
  [server.way, server.wayEtag] = [{ ...WAY, legs: [] }, null];
  await fetchWay();
  expect(await readWay()).toEqual(WAY);
});

test("an older office, and a network that answers for ours, leave the phone without a way and without a fault", async () => {
  await signedIn();
  await fetchWay();
  expect(await readWay()).toBeNull();
  server.way = WAY;
  server.faults = ["portal"];
  await fetchWay();
  expect(await readWay()).toBeNull();
});

test("the way goes from the phone with the day", async () => {
  await signedIn();
  server.way = WAY;
  await fetchWay();
  await endAccess();
  expect(await store.settings.get("way")).toBeUndefined();
});
