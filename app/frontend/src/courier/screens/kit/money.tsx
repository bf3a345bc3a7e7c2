import { t } from "../../language/sentences";
import type { Quote, Receipt } from "../../types";
import { CHARGE, money } from "../words";
import { Choice, TextField } from "./fields";

export interface Paid {
  pay: "" | "yes" | "no";
  amounts: Record<string, string>;
  official?: string; // the number of the state's own receipt, where one was given
}

/** What may be taken at this door. An unknown state fee is not taken: the desk will tell it. */
export const chargesOf = (quote: Quote[]): Quote[] => quote.filter((one) => (one.upper ?? one.amount ?? 0) > 0);

const usual = (quote: Quote): number => quote.amount ?? quote.upper ?? 0;
const limit = (quote: Quote): number => quote.upper ?? quote.amount ?? 0;

function amountOf(quote: Quote, { amounts }: Paid): number {
  const typed = amounts[quote.kind];
  return typed === undefined ? usual(quote) : Number(typed.replace(/\D/g, ""));
}

export const sumOf = (quote: Quote[], paid: Paid): number =>
  chargesOf(quote).reduce((sum, one) => sum + amountOf(one, paid), 0);

export function moneyFaults(quote: Quote[], paid: Paid): Record<string, string> {
  if (!chargesOf(quote).length || paid.pay === "no") return {};
  if (!paid.pay) return { pay: t("Xin chọn đã thu hay không thu.") };
  const dear = chargesOf(quote).filter((one) => amountOf(one, paid) > limit(one));
  return Object.fromEntries(
    dear.map((one) => [one.kind, t("Không được thu quá {amount} đã báo trước.", { amount: money(limit(one)) })]),
  );
}

export function receiptOf(quote: Quote[], paid: Paid, number: string): Receipt | null {
  const parts = chargesOf(quote)
    .map((one) => ({ kind: one.kind, amount: amountOf(one, paid) }))
    .filter((part) => part.amount > 0);
  if (paid.pay !== "yes" || !parts.length) return null;
  const official = paid.official?.trim();
  return { number, parts, ...(official && { official }) };
}

const isStateFee = (quote: Quote): boolean => quote.kind === "state_fee";

interface MoneyProps {
  quote: Quote[];
  paid: Paid;
  faults: Record<string, string>;
  onChange: (change: Partial<Paid>) => void;
}

/** Two kinds of money are never one number: each part of the quote has its own line. */
export function Money({ quote, paid, faults, onChange }: MoneyProps) {
  const charges = chargesOf(quote);
  if (!charges.length) return null;
  return (
    <>
      <Choice
        label={t("Thu tiền")}
        error={faults.pay}
        value={paid.pay}
        onChoose={(pay) => onChange({ pay: pay as Paid["pay"] })}
        options={[
          {
            value: "yes",
            label: t("Đã thu {amount}", { amount: money(sumOf(quote, paid)) }),
            hint: charges.map(said).join(" · "),
          },
          { value: "no", label: t("Không thu tại nhà"), hint: t("Được miễn, hoặc chưa trả được") },
        ]}
      />
      {paid.pay === "yes" &&
        charges.map((one) => (
          <TextField
            key={one.kind}
            label={CHARGE[one.kind] ?? one.kind}
            hint={t("Nhiều nhất {amount}", { amount: money(limit(one)) })}
            mode="numeric"
            width="s"
            error={faults[one.kind]}
            value={paid.amounts[one.kind] ?? String(usual(one))}
            onInput={(text) => onChange({ amounts: { ...paid.amounts, [one.kind]: text } })}
          />
        ))}
      {paid.pay === "yes" && charges.some(isStateFee) && (
        <TextField
          label={t("Số biên lai của cơ quan thu lệ phí")}
          optional
          width="m"
          most={40}
          value={paid.official ?? ""}
          onInput={(official) => onChange({ official })}
        />
      )}
    </>
  );
}

const said = (quote: Quote): string => `${CHARGE[quote.kind] ?? ""} ${money(usual(quote))}`;
