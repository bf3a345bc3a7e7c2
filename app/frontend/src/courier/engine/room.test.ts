/** A full phone, and a browser that lacks what others have: the courier goes on, and is told what it is. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { refreshBundle } from "./bundle";
import { signIn as signInHere } from "./index";
import { isKept } from "./keeping";
import { run } from "./loop";
import { memory } from "./memory";
import { outside } from "./outside";
import { nextLabel, nextReceipt } from "./numbers";
import { queueOf, readQueue } from "./queue";
import { record } from "./record";
import { Full, layReserve } from "./room";
import { lock, readSession, setPin, signIn, stateOf, unlock } from "./session";
import { introduceAnew, signingOf } from "./signing";
import { store } from "./store";
import { bundleOf, clock, picture, server, stopOf } from "./testing";
import { TRIES } from "./vault";

const PIN = "135790";
const queue = async () => queueOf(await readQueue());
const reserve = () => store.settings.get("reserve");
const act = (sizes: number[] = []) =>
  record("incident", {
    errandId: "e1",
    payload: { incident: "damaged", parcel: "RT473124829VN", note: "x" },
    files: sizes.map((size) => ({ kind: "seal" as const, blob: picture(size) })),
  });

/** As a browser does: nothing is written any more, whatever its size, until `free` says so. What is deleted goes. */
function fill(free: () => boolean | Promise<boolean> = () => false): void {
  const { settings, operations, files, boxes, devices, drafts, numbers, past } = store;
  for (const table of [settings, operations, files, boxes, devices, drafts, numbers, past]) {
    for (const write of ["put", "add", "update", "bulkPut"] as const) {
      const before = (table[write] as (...given: unknown[]) => PromiseLike<unknown>).bind(table);
      vi.spyOn(table as unknown as Record<string, () => unknown>, write).mockImplementation((...given: unknown[]) =>
        Promise.resolve(free()).then((may) => {
          if (!may) throw new DOMException("", "QuotaExceededError");
          return before(...given);
        }),
      );
    }
  }
}

/** Full but for what was laid by. */
function fillToTheReserve(): void {
  let broken = false;
  const remove = store.settings.delete.bind(store.settings);
  vi.spyOn(store.settings, "delete").mockImplementation((key) => {
    broken ||= key === "reserve";
    return remove(key);
  });
  fill(() => broken);
}

beforeEach(async () => {
  server.bundle = bundleOf(server.key, [stopOf(1)]);
  await signIn("buuta-thu", "mat khau");
  await setPin(PIN);
  await refreshBundle();
});

afterEach(() => vi.restoreAllMocks());

describe("on a full phone", () => {
  test("the right PIN opens the day", async () => {
    lock();
    fill();
    expect(await unlock(PIN)).toEqual({ ok: true, triesLeft: TRIES });
    expect((await readSession()).triesLeft).toBe(TRIES);
  });

  test("wrong PINs are counted all the same, over restarts, and the fifth erases the day", async () => {
    await unlock("000000");
    fill();
    for (const triesLeft of [3, 2, 1]) {
      lock();
      expect(await unlock("000000")).toEqual({ ok: false, triesLeft });
      expect((await readSession()).triesLeft).toBe(triesLeft);
    }
    await unlock("000000");
    expect(await unlock(PIN)).toEqual({ ok: false, triesLeft: 0 });
    expect(stateOf(await readSession()).state).toBe("signed_out");
  });

  test("the right PIN in between gives all tries back", async () => {
    await unlock("000000");
    fill();
    await unlock(PIN);
    expect(await unlock("000000")).toEqual({ ok: false, triesLeft: TRIES - 1 });
  });

  test("a count of another shift is not this one's", async () => {
    fill();
    await unlock("000000");
    vi.restoreAllMocks();
    await signIn("buuta-thu", "mat khau");
    await setPin(PIN);
    expect((await readSession()).triesLeft).toBe(TRIES);
  });

  test("an act that finds no room is said to be unsaved, for that reason, and the courier sees it", async () => {
    fill();
    await expect(act([300])).rejects.toBeInstanceOf(Full);
    expect((await queue()).full).toBe(true);
    vi.restoreAllMocks();
    await act();
    expect((await queue()).full).toBe(false);
  });

  test("the office's answer is written into the reserve, so that what is home can make room", async () => {
    await act([300]);
    expect(await reserve()).toBeDefined();
    fill(async () => (await reserve()) === undefined);
    await run(true);
    expect(await queue()).toMatchObject({ waiting: 0, waitingFiles: 0 });
    expect(memory.trouble).toBeNull();
  });

  test("the next label and the next receipt are given out of the reserve: a form without its number can't be ended", async () => {
    fillToTheReserve();
    expect([await nextLabel("e1"), await nextReceipt("e1")]).toEqual(["RT473124829VN", "TN00000051"]);
  });

  test("what makes no room when it goes, acts that are home, keeps nobody from the reserve", async () => {
    await act([300]);
    await run(true);
    fillToTheReserve();
    expect(await nextLabel("e1")).toBe("RT473124829VN");
  });

  test("an act is said to be unsaved also where only acts are left that could go", async () => {
    await act();
    await run(true);
    fill();
    await expect(act()).rejects.toBeInstanceOf(Full);
    expect((await queue()).full).toBe(true);
  });

  test("what the office can't read is put aside out of the reserve, and holds up nothing behind it", async () => {
    await act();
    fillToTheReserve();
    const fetch = server.fetch;
    const unread = () =>
      Promise.resolve(Response.json({ code: "invalid", detail: "Không đọc được." }, { status: 422 }));
    outside.fetch = (url, init) => (url.endsWith("/ops") ? unread() : fetch(url, init));
    await run(true);
    expect(await queue()).toMatchObject({ waiting: 0, needsHelp: 1 });
  });

  test("the office learns this phone's key, and that it was learnt is kept", async () => {
    const device_id = (await store.device())?.device_id ?? "";
    await introduceAnew(device_id);
    await act();
    fillToTheReserve();
    await run(true);
    expect((await signingOf(device_id))?.state).toBe("known");
  });

  test("an act does not eat the reserve", async () => {
    fill();
    await expect(act()).rejects.toBeInstanceOf(Full);
    expect(await reserve()).toBeDefined();
  });

  test("the reserve is laid anew once there is room", async () => {
    await store.settings.delete("reserve");
    fill();
    await layReserve(); // no room yet: no fault
    vi.restoreAllMocks();
    clock.now += 1000;
    await run(true);
    expect(await reserve()).toBeDefined();
  });

  test("a wipe of the line beside the database takes no try back that the database counted", async () => {
    await unlock("000000");
    outside.line = { read: () => null, write: () => undefined };
    expect(await unlock("000000")).toEqual({ ok: false, triesLeft: TRIES - 2 });
  });
});

describe("a browser without", () => {
  test.each<[string, unknown]>([
    ["storage", undefined],
    ["a wish to keep", {}],
    [
      "an answer to it",
      { persist: () => Promise.reject(new TypeError("no")), persisted: () => Promise.reject(new TypeError("no")) },
    ],
  ])("%s signs in, and says nothing of it", async (_name, storage) => {
    vi.stubGlobal("navigator", { storage, userAgent: "x", onLine: true });
    await expect(signInHere("buuta-thu", "mat khau")).resolves.toBeUndefined();
    expect(await isKept()).toBe("unknown");
    vi.unstubAllGlobals();
  });
});
