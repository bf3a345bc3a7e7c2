import { wireOf } from "./record";
import { store } from "./store";

/**
 * Everything that is still on this phone, as a ZIP the office can take in: `ops.json` (the very operations of the wire,
 * by device) and `files/<sha256>`, the sealed boxes. Nobody on the way can read it.
 */
export async function rescueZip(): Promise<Blob> {
  const { zip } = await import("fflate");
  const rows = await store.operations.where("kept").equals(1).sortBy("seq");
  const ops = await Promise.all(rows.map(async (row) => ({ device_id: row.device_id, ...(await wireOf(row)) })));
  const content: Record<string, Uint8Array> = {
    "ops.json": new TextEncoder().encode(JSON.stringify({ version: 1, ops: ops.filter((op) => "sealed" in op) })),
  };
  await store.blobs.each(({ sha256, box }) => {
    content[`files/${sha256}`] = box;
  });
  return new Promise((done, fail) => {
    // stored, not squeezed: sealed bytes do not get smaller
    zip(content, { level: 0 }, (fault, bytes) =>
      fault ? fail(fault) : done(new Blob([new Uint8Array(bytes)], { type: "application/zip" })),
    );
  });
}
