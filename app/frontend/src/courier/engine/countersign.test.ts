import { expect, test } from "vitest";
import { refreshBundle } from "./bundle";
import { utf8 } from "./bytes";
import { canonical } from "./canonical";
import { countersign, type Invitation, NoKey, readInvitation } from "./countersign";
import { outside } from "./outside";
import { setPin, signIn } from "./session";
import { store } from "./store";
import { bundleOf, DEVICE, server, stopOf, verify } from "./testing";

const SAID = {
  id: "00112233445566ff",
  nonce: "abc",
  until: "2026-12-01T02:10:00.000000Z",
  act: "hand_over",
  place: ["office_safe", "1"],
  place_name: "Bưu cục Thử",
  other: ["courier", "7"],
  n: 1,
  codes: ["RT473124829VN"],
  heads: "0".repeat(64),
  operation: "op-1",
  way: "in",
  newer: { word: "that this app does not know" },
};
const shown = (said: object = SAID): string => `TNKY1 ${JSON.stringify(said)}`;

async function startShift(): Promise<Invitation> {
  server.bundle = bundleOf(server.key, [stopOf(1)]);
  await signIn("buuta-thu", "mat khau");
  await setPin("135790");
  await refreshBundle();
  return readInvitation(shown()) as Invitation;
}

test.each([
  "",
  "RT473124829VN",
  "TNKY1 ",
  "TNKY1 {}",
  shown({ ...SAID, n: "1" }),
  shown({ ...SAID, other: 7 }),
  shown({ ...SAID, cash: 5 }),
])("%j is no invitation to sign", (text) => {
  expect(readInvitation(text)).toBeNull();
});

test("the phone signs exactly what the screen said, and itself, without a network", async () => {
  const invitation = await startShift();
  outside.fetch = () => Promise.reject(new TypeError("no line"));
  const { text, known } = await countersign(invitation);
  const [mark, id, device, signature] = text.split(" ");
  expect([mark, id, device, known]).toEqual(["TNTL1", SAID.id, DEVICE, false]);
  const signed = utf8(`tannha countersign v1\n${canonical({ ...SAID, device_id: DEVICE })}`);
  expect(await verify(server.phoneKey?.public_key ?? "", signature ?? "", signed)).toBe(true);
});

test("what is handed in is signed purse by purse", async () => {
  await startShift();
  const money = { act: "cash", n: 0, codes: [], day: "2026-12-01", cash: { postage: 26_000, state_fee: 0 } };
  const invitation = readInvitation(shown({ ...SAID, ...money })) as Invitation;
  expect(invitation.cash).toEqual(money.cash);
  await countersign(invitation);
  const signed = utf8(`tannha countersign v1\n${canonical({ ...SAID, ...money, device_id: DEVICE })}`);
  expect(await verify(server.phoneKey?.public_key ?? "", server.countersigned[0]?.signature ?? "", signed)).toBe(true);
});

test("where there is a line the office has it at once", async () => {
  const invitation = await startShift();
  expect((await countersign(invitation)).known).toBe(true);
  expect(server.countersigned.map(({ id }) => id)).toEqual([SAID.id]);
});

test("what the office refuses is said, not shown as a missing network", async () => {
  const invitation = await startShift();
  server.refusal = { code: "invitation_gone", detail: "Lời mời ký này đã hết hạn." };
  await expect(countersign(invitation)).rejects.toThrow("đã hết hạn");
});

test("an office that knows no such call reads the answer from the screen", async () => {
  const invitation = await startShift();
  server.old = true;
  expect((await countersign(invitation)).known).toBe(false);
});

test("a phone without a key signs nothing", async () => {
  const invitation = await startShift();
  await store.settings.delete(`key:${DEVICE}`);
  await expect(countersign(invitation)).rejects.toThrow(NoKey);
});
