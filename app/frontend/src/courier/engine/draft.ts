import type { Bytes } from "./bytes";
import { withRoom } from "./room";
import { store } from "./store";
import { closeLocal, closeLocalBytes, openLocal, openLocalBytes } from "./vault";

/** Forms in progress, readable by the open vault only: a reload or a flat battery loses no answer and no picture. */
export const draft = {
  async read<T>(key: string): Promise<T | null> {
    const row = await store.drafts.get(key);
    if (!row) return null;
    if (row.type === null) return openLocal<T>(row);
    return new Blob([await openLocalBytes(row)], { type: row.type }) as T;
  },

  async write(key: string, value: object): Promise<void> {
    const box = value instanceof Blob ? await closeLocalBytes(await bytesOf(value)) : await closeLocal(value);
    const row = { key, type: value instanceof Blob ? value.type : null, ...box };
    await withRoom(() => store.drafts.put(row));
  },

  async drop(key: string): Promise<void> {
    await store.drafts.delete(key);
  },
};

const bytesOf = async (blob: Blob): Promise<Bytes> => new Uint8Array(await blob.arrayBuffer());
