import { beforeEach, expect, test } from "vitest";
import { refreshBundle } from "./bundle";
import { record } from "./record";
import { setPin, signIn } from "./session";
import { sendAll } from "./sync";
import { bundleOf, clock, errandOf, server, stopOf } from "./testing";
import { readToday, todayOf } from "./today";

const PIN = "135790";
const MINUTE_MS = 60_000;

const errand = async () => (await todayOf(await readToday()))?.stops[0]?.errands[0];
const called = async () => (await errand())?.called;
const call = () => record("called", { errandId: "e1", payload: { whom: "applicant" } });

async function signedIn(): Promise<void> {
  await signIn("buuta-thu", "mat khau");
  await setPin(PIN);
  await refreshBundle();
}

beforeEach(async () => {
  server.bundle = bundleOf(server.key, [stopOf(1)]);
  await signedIn();
});

test("a call is in today's list at once, and closes nothing", async () => {
  await call();
  expect(await called()).toHaveLength(1);
  expect([(await errand())?.local, (await errand())?.closed]).toEqual([null, false]);
});

test("a call that has not gone yet is there when the courier signs in again", async () => {
  await call();
  const before = await called();
  await signedIn();
  expect(await called()).toEqual(before);
});

test("a call that the office has is there once, beside the newer ones of this phone", async () => {
  const first = await call();
  await sendAll();
  const known = { ...errandOf("e1"), calls: [{ op_id: first.op_id, at: first.occurred_at }] };
  server.bundle = bundleOf(server.key, [{ ...stopOf(1), errands: [known] }]);
  server.etag = 'W/"2"';
  await refreshBundle();
  clock.now += 11 * MINUTE_MS;
  await call();
  expect(await called()).toHaveLength(2);
});
