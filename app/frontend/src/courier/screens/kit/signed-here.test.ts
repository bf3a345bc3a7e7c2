import { expect, it, vi } from "vitest";
import { draft } from "../../engine";
import { setPin, signIn } from "../../engine/session";
import { bundleOf, picture, server, stopOf } from "../../engine/testing";
import type { Errand } from "../../types";
import { keepSigned } from "./signed-here";

const ERRAND = { phone: "0900000001", reference: "TN-1" } as Errand;
const act = (op_id: string) => ({ op_id, stop: 1, name: "Trần Thị Thử", envelope: false });
const signed = () => ({ form: { thumbprint: false, witness: "" }, pictures: { citizen_signature: picture(64) } });

it("offers nobody's signature while its pictures are being replaced", async () => {
  server.bundle = bundleOf(server.key, [stopOf(1)]);
  await signIn("buuta-thu", "mat khau");
  await setPin("135790");
  await keepSigned(act("first"), ERRAND, signed());
  expect(await draft.read("signed")).toMatchObject({ op_id: "first" });

  const write = vi.spyOn(draft, "write");
  const offered: unknown[] = [];
  write.mockImplementationOnce(async () => void offered.push(await draft.read("signed")));
  await keepSigned(act("second"), ERRAND, signed());
  expect(offered).toEqual([null]);
  expect(await draft.read("signed")).toMatchObject({ op_id: "second" });
  write.mockRestore();
});
