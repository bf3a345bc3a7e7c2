import type { Spare } from "../types";
import { receiptNumber, s10 } from "./codes";
import { readBundle } from "./bundle";
import { store, type NumberRow } from "./store";

/** The block set aside for this phone is used up: a new one comes with the next bundle. */
export class NoNumberLeft extends Error {
  override name = "NoNumberLeft";
}

/**
 * The next receipt number. `held` names who asks (an errand): a form left and opened again gets the same number, until
 * an operation has used it.
 */
export async function nextReceipt(held: string): Promise<string> {
  const { receipts } = await readBundle();
  return receiptNumber(receipts.prefix, await take("receipt", receipts, held));
}

/** The next S10 label of the phone's own roll; `held` as for receipts. */
export async function nextLabel(held: string): Promise<string> {
  return s10(await take("label", (await readBundle()).labels, held));
}

/** Given once, never again: the number is counted in the same transaction that gives it, in whichever tab. */
async function take(id: NumberRow["id"], spare: Spare, held: string): Promise<number> {
  return store.transaction("rw", store.numbers, async () => {
    const row = (await store.numbers.get(id)) ?? { id, next: 0, held: {} };
    const before = row.held[held];
    if (before !== undefined) return before;
    const number = firstFrom(spare, row.next);
    if (number === null) throw new NoNumberLeft(id);
    await store.numbers.put({ id, next: number + 1, held: { ...row.held, [held]: number } });
    return number;
  });
}

export function firstFrom(spare: Spare, lowest: number): number | null {
  const runs: [number, number][] = spare.next === null || spare.last === null ? [] : [[spare.next, spare.last]];
  for (const [first, last] of [...runs, ...spare.more]) {
    const number = Math.max(first, lowest);
    if (number <= last) return number;
  }
  return null;
}

/** What an operation used is held no longer. Call it inside the transaction that writes the operation. */
export async function release(used: { receipt: string | null; label: string | null }): Promise<void> {
  for (const row of await store.numbers.toArray()) {
    const is = (serial: number): boolean =>
      row.id === "label" ? s10(serial) === used.label : Boolean(used.receipt?.endsWith(receiptNumber("", serial)));
    const held = Object.fromEntries(Object.entries(row.held).filter(([, serial]) => !is(serial)));
    if (Object.keys(held).length < Object.keys(row.held).length) await store.numbers.put({ ...row, held });
  }
}
