import { store } from "./store";

/**
 * Drop an operation's box once the server has it and every file of it. Inside a transaction over operations, boxes and files.
 */
export async function dropBox(opId: string): Promise<void> {
  const row = await store.operations.get(opId);
  if (!row?.kept || row.waits || row.result === "rejected") return;
  const files = await store.files.bulkGet(row.files);
  if (files.some((file) => file && (file.waits || file.problem))) return;
  await store.boxes.delete(opId);
  await store.operations.update(opId, { kept: 0 });
}
