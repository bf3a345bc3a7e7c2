import { useState } from "preact/hooks";
import { checkS10 } from "../../engine";
import { Many } from "./fields";
import { ScanField } from "./scan";

interface CodesProps {
  label: string;
  known: { code: string; words: string }[];
  chosen: string[];
  onChoose: (chosen: string[]) => void;
}

/** Envelopes chosen by scanning, typing, or from the list of those that are expected. */
export function Codes({ label, known, chosen, onChoose }: CodesProps) {
  const [typed, setTyped] = useState("");
  const [error, setError] = useState("");
  const take = (text: string) => {
    const code = checkS10(text);
    setError(code ? "" : "Mã này chưa đúng. Xin quét lại hoặc gõ đủ 13 ký tự trên nhãn.");
    if (!code) return;
    setTyped("");
    if (!chosen.includes(code)) onChoose([...chosen, code]);
  };
  const type = (text: string) => {
    setTyped(text);
    setError("");
    if (checkS10(text)) take(text); // thirteen right characters: no button needed
  };
  const others = chosen.filter((code) => !known.some((one) => one.code === code));
  const options = [...known, ...others.map((code) => ({ code, words: "Ngoài danh sách" }))];
  return (
    <>
      <ScanField
        label="Quét hoặc gõ mã bưu gửi"
        what="mã bưu gửi"
        value={typed}
        error={error}
        onInput={type}
        onScan={take}
      />
      {options.length > 0 && (
        <Many
          label={`${label}: ${chosen.length} trên ${options.length}`}
          options={options.map(({ code, words }) => ({ value: code, label: code, hint: words }))}
          chosen={chosen}
          onChoose={onChoose}
        />
      )}
    </>
  );
}
