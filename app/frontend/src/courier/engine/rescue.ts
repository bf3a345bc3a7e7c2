import { wireOf } from "./record";
import { isTakenIn } from "./boxes";
import { store, type OperationRow } from "./store";

/**
 * Everything that is on this phone alone, as a ZIP the office can take in: `ops.json` (the very operations of the wire,
 * by device) and `files/<sha256>`, the sealed boxes. Nobody on the way can read it.
 */
export async function rescueZip(): Promise<Blob> {
  const { zip } = await import("fflate");
  const owing = new Set(await store.files.filter((file) => file.waits === 1 || file.problem !== null).primaryKeys());
  const stays = (row: OperationRow): boolean =>
    row.waits === 1 || !isTakenIn(row) || row.files.some((sha256) => owing.has(sha256));
  const rows = await store.operations.filter(stays).sortBy("seq");
  const ops = await Promise.all(rows.map(async (row) => ({ device_id: row.device_id, ...(await wireOf(row)) })));
  const content: Record<string, Uint8Array> = {
    "ops.json": new TextEncoder().encode(JSON.stringify({ version: 1, ops: ops.filter((op) => "sealed" in op) })),
  };
  await store.blobs
    .where("sha256")
    .anyOf([...owing])
    .each(({ sha256, box }) => {
      content[`files/${sha256}`] = box;
    });
  return new Promise((done, fail) => {
    // stored, not squeezed: sealed bytes do not get smaller
    zip(content, { level: 0 }, (fault, bytes) =>
      fault ? fail(fault) : done(new Blob([new Uint8Array(bytes)], { type: "application/zip" })),
    );
  });
}
