import { base64 } from "./bytes";
import { outside } from "./outside";
import { isFull, withRoom } from "./room";
import { store, type VaultRow } from "./store";

/* PINs that were tried are counted in the vault's row. A disk that refuses even that must not lock its courier out, nor let
   anybody try without end: there the count goes on in a line of `localStorage`, which is not of the disk's share. */
const LINE = "tannha-pin";

interface Beside {
  vault: string; // whose: by its salt
  more: number; // beside those of the row
}

function beside(row: VaultRow): number {
  try {
    const kept = JSON.parse(outside.line.read(LINE) ?? "") as Beside;
    return kept.vault === base64(row.salt) ? kept.more : 0;
  } catch {
    return 0;
  }
}

const keep = (row: VaultRow, more: number): void =>
  outside.line.write(LINE, JSON.stringify({ vault: base64(row.salt), more } satisfies Beside));

/** Wrong ones since the last right one. */
export const triesOf = (row: VaultRow): number => Math.max(0, row.tries + beside(row));

/** One more, before it is made: a reload or a kill in between does not give it back. */
export async function countTry(): Promise<{ row: VaultRow; tries: number } | null> {
  try {
    const row = await withRoom(() => countInRow(), true);
    return row && { row, tries: triesOf(row) };
  } catch (fault) {
    if (!isFull(fault)) throw fault;
    const row = await store.vault();
    if (!row) return null;
    keep(row, beside(row) + 1);
    return { row, tries: triesOf(row) };
  }
}

function countInRow(): PromiseLike<VaultRow | null> {
  return store.transaction("rw", store.settings, async () => {
    const row = await store.vault();
    if (!row) return null;
    const counted = { ...row, tries: row.tries + 1 };
    await store.settings.put(counted);
    return counted;
  });
}

/** The right PIN gives all tries back. */
export async function giveBack(row: VaultRow): Promise<void> {
  try {
    await withRoom(() => store.settings.put({ ...row, tries: 0 }), true);
    if (beside(row)) keep(row, 0);
  } catch (fault) {
    if (!isFull(fault)) throw fault;
    keep(row, -row.tries);
  }
}
