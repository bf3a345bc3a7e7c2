import { useEffect, useState } from "preact/hooks";
import { draft, outside, since } from "../../engine";
import type { Errand, FileKind } from "../../types";
import { say } from "../trouble";
import type { Pictures } from "./draft";
import type { Signed } from "./signing";

/** The signature that was given last, and where: the next errand of the same person at this door may take it over. */
export interface SignedHere {
  op_id: string;
  stop: number;
  household: string;
  name: string;
  at: number;
  envelope: boolean; // it came with a picture of what was given
}

const KEY = "signed"; // one alone: the next door's takes its place
const JUST_MS = 45 * 60_000; // the office looks at what is older than an hour
/** However the clock was set in between: what lies in a time to come is none of this door. */
export const isJust = (at: number): boolean => since(at) < JUST_MS;

const PICTURES: readonly FileKind[] = ["citizen_signature", "courier_signature", "envelope"];

const tidy = (name: string): string => name.trim().replace(/\s+/g, " ").toLowerCase();
export const isSamePerson = (one: string, other: string): boolean => tidy(one) !== "" && tidy(one) === tidy(other);

/** As the plan joins errands: one telephone at one door. */
const householdOf = (errand: Errand): string => errand.phone || errand.reference;

/** After the act itself is safe; a phone without room for it has the next one signed as ever. A thumbprint stands on one slip. */
export async function keepSigned(
  act: Pick<SignedHere, "op_id" | "stop" | "name" | "envelope">,
  errand: Errand,
  { form, pictures }: { form: Signed; pictures: Pictures },
): Promise<void> {
  if (form.thumbprint || form.taken) return;
  const kept: SignedHere = { ...act, at: outside.now(), household: householdOf(errand) };
  try {
    await draft.drop(KEY); // first: half of what is written next must not pass for another's signature
    for (const kind of PICTURES) await put(kind, pictures[kind]);
    await draft.write(KEY, kept);
  } catch {
    await draft.drop(KEY);
  }
}

const put = (kind: FileKind, image: Blob | undefined): Promise<void> =>
  image ? draft.write(`${KEY}:${kind}`, image) : draft.drop(`${KEY}:${kind}`);

/** What may be taken over at this door for this person; null: it has to be signed. */
export function useSignedHere(stop: number, errand: Errand, name: string): SignedHere | null {
  const [kept, setKept] = useState<SignedHere | null>(null);
  useEffect(() => {
    draft.read<SignedHere>(KEY).then(setKept).catch(say);
  }, [stop]);
  if (kept?.stop !== stop || kept.household !== householdOf(errand)) return null;
  return isSamePerson(kept.name, name) && isJust(kept.at) ? kept : null;
}

export const pictureOf = (kind: FileKind): Promise<Blob | null> => draft.read<Blob>(`${KEY}:${kind}`);
