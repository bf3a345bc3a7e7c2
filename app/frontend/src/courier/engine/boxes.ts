import { store, type OperationRow } from "./store";

/** The office said, in words this app knows, that it has it. */
export const isTakenIn = (row: OperationRow): boolean => row.result === "applied" || row.result === "needs_review";

/**
 * Drop an operation's box once the server has it and every file of it. Inside a transaction over operations, boxes and files.
 */
export async function dropBox(opId: string): Promise<void> {
  const row = await store.operations.get(opId);
  if (!row?.kept || row.waits || !isTakenIn(row)) return;
  const files = await store.files.bulkGet(row.files);
  if (files.some((file) => file && (file.waits || file.problem))) return;
  await store.boxes.delete(opId);
  await store.operations.update(opId, { kept: 0 });
}
