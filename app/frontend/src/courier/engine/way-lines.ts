import Dexie from "dexie";
import type { WayLines } from "../types";
import { memory } from "./memory";
import { api, Refused, SignInNeeded, Unreachable } from "./server";
import { store, type WayRow } from "./store";
import { accessToken, closeLocal, Locked, openLocal } from "./vault";

const kept = async (): Promise<WayRow | undefined> => (await store.settings.get("way")) as WayRow | undefined;

/** The way between today's doors along roads, as this phone last got it: it tells doors, so it lies in the vault. */
export async function readWay(): Promise<WayLines | null> {
  const row = memory.key && (await kept());
  return row ? openLocal<WayLines>(row) : null;
}

const HARMLESS = [Unreachable, SignInNeeded, Refused, Locked, Dexie.DexieError];

/** Ask for it, behind everything else; true: another came. No line, an older office or a full phone leave what is here. */
export async function fetchWay(): Promise<boolean> {
  try {
    const came = await api.way(await accessToken(), (await kept())?.etag ?? null);
    // no parts and no mark: the office's roads are away, and what was drawn before is better than nothing
    if (!came || !(came.etag || came.way.legs.length)) return false;
    await store.settings.put({ id: "way", etag: came.etag, ...(await closeLocal(came.way)) });
    return true;
  } catch (fault) {
    if (!HARMLESS.some((kind) => fault instanceof kind)) throw fault;
    return false;
  }
}
