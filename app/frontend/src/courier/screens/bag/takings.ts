import type { Receipt } from "../../types";
import { draft } from "../../engine";
import { useDraft } from "../kit/draft";

interface Takings {
  parts: { number: string; amount: number }[];
}

const keyOf = (day: string): string => `takings:${day}`;

/** What this phone wrote receipts for today: the courier counts the purse against it. */
export function useTakings(day: string): { total: number } {
  const { value } = useDraft<Takings>(keyOf(day), { parts: [] });
  return { total: value.parts.reduce((sum, part) => sum + part.amount, 0) };
}

export async function noteTaken(day: string, receipt: Receipt | null): Promise<void> {
  if (!receipt) return;
  const kept = (await draft.read<Takings>(keyOf(day))) ?? { parts: [] };
  if (kept.parts.some((part) => part.number === receipt.number)) return;
  const amount = receipt.parts.reduce((sum, part) => sum + part.amount, 0);
  await draft.write(keyOf(day), { parts: [...kept.parts, { number: receipt.number, amount }] });
}
