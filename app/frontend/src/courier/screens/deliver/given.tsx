import { useState } from "preact/hooks";
import { checkS10 } from "../../engine";
import { rich, t } from "../../language/sentences";
import type { Errand } from "../../types";
import { resultsOf } from "../door/errand-card";
import { EnvelopeCode } from "../kit/coded";
import { ScanField } from "../kit/scan";
import { purposeOf } from "../words";

interface GivenProps {
  errand: Errand;
  given: string[];
  fault: string | undefined;
  onGive: (given: string[]) => void;
}

/** Each envelope is scanned, or its code typed, before it is given: what is in the hand may be a neighbour's. */
export function Given({ errand, given, fault, onGive }: GivenProps) {
  const [typed, setTyped] = useState("");
  const [error, setError] = useState("");
  const results = resultsOf(errand);
  const take = (text: string) => {
    const code = checkS10(text);
    const known = results.some((parcel) => parcel.code === code);
    setTyped(known ? "" : text);
    setError(known ? "" : code ? NOT_HERE : MALFORMED);
    if (code && known && !given.includes(code)) onGive([...given, code]);
    return known;
  };
  const type = (text: string) => {
    setTyped(text);
    setError("");
    if (checkS10(text)) take(text); // thirteen right characters: no button needed
  };
  const left = results.filter((parcel) => !given.includes(parcel.code)).length;
  return (
    <>
      <ul class="plain parcels">
        {results.map((parcel) => (
          <li key={parcel.code}>
            {purposeOf(parcel.purpose)}{" "}
            <strong class="num">
              <EnvelopeCode code={parcel.code} />
            </strong>
            {parcel.seal && <> · {rich("niêm phong {seal}", { seal: <strong class="num">{parcel.seal}</strong> })}</>}
            {given.includes(parcel.code) && <strong> · {t("đã quét, đúng phong bì")}</strong>}
          </li>
        ))}
      </ul>
      {left > 0 && (
        <ScanField
          eager={given.length === 0}
          label={
            left > 1
              ? t("Quét hoặc gõ mã trên từng phong bì (còn {left})", { left })
              : t("Quét hoặc gõ mã trên phong bì")
          }
          what={t("mã bưu gửi")}
          value={typed}
          error={error || fault}
          onInput={type}
          onScan={take}
        />
      )}
    </>
  );
}

const NOT_HERE = t("Phong bì này của nhà khác. Xin cất lại và tìm phong bì có mã ghi ở trên.");
const MALFORMED = t("Mã này chưa đúng. Xin quét lại hoặc gõ đủ 13 ký tự trên nhãn.");
