import Dexie from "dexie";
import type { RoadLayer } from "../../modules/road-layer";
import { api, Refused, SignInNeeded, Unreachable } from "./server";
import { store, type RoadsRow } from "./store";
import { accessToken, Locked } from "./vault";

const kept = async (): Promise<RoadsRow | undefined> => (await store.settings.get("roads")) as RoadsRow | undefined;

/** The roads of the own commune, as this phone last got them: they name nobody, and lie open. */
export const readRoads = async (): Promise<RoadLayer | null> => (await kept())?.layer ?? null;

const HARMLESS = [Unreachable, SignInNeeded, Refused, Locked, Dexie.DexieError];

/** Ask for them, behind everything else. A picture: no line, an older office or a full phone leave what is here. */
export async function fetchRoads(): Promise<void> {
  try {
    const came = await api.roads(await accessToken(), (await kept())?.etag ?? null);
    if (came) await store.settings.put({ id: "roads", ...came });
  } catch (fault) {
    if (!HARMLESS.some((kind) => fault instanceof kind)) throw fault;
  }
}
