import { useEffect, useState } from "preact/hooks";
import { nextReceipt } from "../../engine";
import { rich } from "../../language/sentences";
import { say } from "../trouble";

/** The number to write on the paper receipt: of this phone's own block, the same until the form is saved. */
export function useReceipt(wanted: boolean, held: string): string {
  const [number, setNumber] = useState("");
  useEffect(() => {
    if (wanted) nextReceipt(held).then(setNumber).catch(say);
  }, [wanted, held]);
  return number;
}

export function ReceiptNote({ number }: { number: string }) {
  return (
    <p class="receipt" role="status">
      {rich("Giấy xác nhận thu tiền số {number}", { number: <strong class="num">{number || "…"}</strong> })}
    </p>
  );
}
