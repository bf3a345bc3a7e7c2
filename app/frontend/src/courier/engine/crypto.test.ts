import { describe, expect, test } from "vitest";
import type { OperationKind, Wire } from "../types";
import { base64, sha256, utf8 } from "./bytes";
import { canonical, clean } from "./canonical";
import { checkCode, checkS10, checkSeal, s10 } from "./codes";
import { GENESIS, headerHash, salt, uuid7 } from "./operation";
import { contextOfOperation, seal } from "./seal";
import { DEVICE, NOON, server } from "./testing";

// tests/frontend/test_courier_engine.py gives the key of a Python server, which opens what is printed here
const SERVER_KEY = import.meta.env.VITE_SERVER_KEY as string | undefined;

const PAYLOADS: Record<string, Wire>[] = [
  { salt: "0".repeat(32), fix: null, code: "246810" },
  { b: [1, -2, true, null], a: { d: "đ không ASCII" }, z: 'Làng Kép "ở" \\ dưới\n\t\u0001', "": "" },
  { receiver_name: "Rơ Châm H’Thử 🏡", fix: { lon_e6: 107_912_345, lat_e6: 13_961_234, accuracy_m: 12, age_s: 0 } },
];

test("what the phone hashes and seals is printed for the server's own tests", async () => {
  const key = SERVER_KEY ?? server.key;
  const vectors = await Promise.all(
    PAYLOADS.map(async (payload, index) => {
      const opId = uuid7(NOON + index);
      const plain = utf8(canonical(payload));
      const header = {
        ...{ op_id: opId, seq: index + 1, kind: "collected" as OperationKind, revision_seen: index || null },
        errand_id: index ? "0b1f6c1e-55a0-4b7e-9a61-4a4b4a4b4a4b" : null,
        occurred_at: new Date(NOON).toISOString(),
        ...{
          offset_ms: index ? -1234 : null,
          commitment: await sha256(plain),
          files: ["a".repeat(64)],
          previous: GENESIS,
        },
      };
      const box = base64(await seal(key, contextOfOperation(opId), plain));
      return { payload, canonical: canonical(payload), header, hash: await headerHash(DEVICE, header), box };
    }),
  );
  const labels = [0, 47_312_482, 99_999_999, 4, 10].map((serial) => [serial, s10(serial)]);
  if (SERVER_KEY) console.log(`VECTORS ${JSON.stringify({ device: DEVICE, vectors, labels })}`);
  expect(vectors).toHaveLength(PAYLOADS.length);
});

describe("canonical JSON", () => {
  test("keys are sorted and nothing stands between", () => {
    expect(canonical({ b: 1, a: [true, null], ä: "đ" })).toBe('{"a":[true,null],"b":1,"ä":"đ"}');
  });

  test("a float is refused", () => {
    expect(() => canonical({ lon: 107.9 })).toThrow(TypeError);
  });

  test("letters the other side cannot keep are left out, whole ones stay", () => {
    expect(clean({ name: "A\0B\uD83C C 🏡" })).toEqual({ name: "AB C 🏡" });
  });
});

test("an id carries its time and its version", () => {
  expect(uuid7(NOON)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuid7(NOON) < uuid7(NOON + 1)).toBe(true);
  expect(parseInt(uuid7(NOON).replace("-", "").slice(0, 12), 16)).toBe(NOON);
});

test("two boxes of one payload share nothing, and salts differ", async () => {
  const [one, other] = [await seal(server.key, "op:1", utf8("x")), await seal(server.key, "op:1", utf8("x"))];
  expect(base64(one)).not.toBe(base64(other));
  expect(await server.open("op:1", one)).toEqual(utf8("x"));
  await expect(server.open("op:2", one)).rejects.toThrow();
  expect(salt()).not.toBe(salt());
});

test("typos are caught without a network", async () => {
  const errand = { check: { salt: "fixture", digits: "60" } };
  expect(await checkCode(errand, "246 810")).toBe(true);
  expect(await checkCode(errand, "246811")).toBe(false);
  expect(await checkCode(errand, "24681")).toBe(false);
  expect(await checkCode({ check: null }, "123456")).toBe(true);
  expect(checkS10("rt 47312482 9vn")).toBe("RT473124829VN");
  expect(checkS10("RT473124828VN")).toBeNull();
  expect(checkSeal("np-000 7770")).toBe("NP0007770");
  expect(checkSeal("NP1")).toBeNull();
});
