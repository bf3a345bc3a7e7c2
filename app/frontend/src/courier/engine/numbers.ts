import type { Spare } from "../types";
import { receiptNumber, s10 } from "./codes";
import { readBundle } from "./bundle";
import { withRoom } from "./room";
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

/**
 * The next S10 label; `held` as for receipts. The paper decides: once a label was scanned that this phone had not given,
 * the next one is the one behind it on the paper.
 */
export async function nextLabel(held: string): Promise<string> {
  const { courier, labels } = await readBundle();
  await adoptRoll(courier.id);
  return s10(await take(`label:${courier.id}`, labels, held));
}

/** An app of before kept one row, whoever was signed in: it is the roll of who comes first. */
async function adoptRoll(courier: number): Promise<void> {
  const adopt = () =>
    store.transaction("rw", store.numbers, async () => {
      const before = await store.numbers.get("label");
      if (!before) return;
      if (!(await store.numbers.get(`label:${courier}`)))
        await store.numbers.put({ ...before, id: `label:${courier}` });
      await store.numbers.delete("label");
    });
  await withRoom(adopt, true);
}

/** On a full disk, too: a form without its number can't be ended. */
const take = (id: NumberRow["id"], spare: Spare, held: string): Promise<number> =>
  withRoom(() => give(id, spare, held), true);

/** Given once, never again: the number is counted in the same transaction that gives it, in whichever tab. */
function give(id: NumberRow["id"], spare: Spare, held: string): PromiseLike<number> {
  return store.transaction("rw", store.numbers, async () => {
    const row = (await store.numbers.get(id)) ?? { id, next: 0, held: {} };
    const before = row.held[held];
    if (before !== undefined) return before;
    const number = row.paper === undefined ? firstFrom(spare, row.next) : onPaper(row.paper, row.held);
    if (number === null) throw new NoNumberLeft(id);
    const next = row.paper === undefined ? number + 1 : row.next;
    await store.numbers.put({ ...row, next, held: { ...row.held, [held]: number } });
    return number;
  });
}

/** Forms that are not finished hold theirs. */
function onPaper(first: number, held: NumberRow["held"]): number {
  const taken = new Set(Object.values(held));
  let number = first;
  while (taken.has(number)) number += 1;
  return number;
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
export async function release(used: { receipt: string | null; label: string | null }, courier: number): Promise<void> {
  const receipts = await store.numbers.get("receipt");
  if (receipts && used.receipt) {
    await store.numbers.put({ ...receipts, held: without(receipts.held, (one) => isReceipt(one, used.receipt)) });
  }
  const serial = used.label === null ? null : serialOf(used.label);
  if (serial !== null) await labelUsed(serial, courier);
}

async function labelUsed(serial: number, courier: number): Promise<void> {
  const id: NumberRow["id"] = `label:${courier}`;
  const row = (await store.numbers.get(id)) ?? (await store.numbers.get("label")) ?? { id, next: 0, held: {} };
  const isGiven = Object.values(row.held).includes(serial);
  const held = isGiven ? without(row.held, (one) => one === serial) : {}; // another roll: what waits is of the old one
  const isOnPaper = row.paper !== undefined || !isGiven;
  await store.numbers.put({ ...row, held, ...(isOnPaper && { paper: serial + 1 }) });
}

const isReceipt = (serial: number, number: string | null): boolean =>
  Boolean(number?.endsWith(receiptNumber("", serial)));

const without = (held: NumberRow["held"], is: (serial: number) => boolean): NumberRow["held"] =>
  Object.fromEntries(Object.entries(held).filter(([, serial]) => !is(serial)));

/** Of a label of our own rolls; null: of another post's. */
function serialOf(label: string): number | null {
  const serial = Number(label.slice(2, 10));
  return s10(serial) === label ? serial : null;
}
