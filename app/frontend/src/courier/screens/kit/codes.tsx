import { useRef, useState } from "preact/hooks";
import { checkS10 } from "../../engine";
import { t } from "../../language/sentences";
import { Many, type Option } from "./fields";
import { countDown, hear, type Expected, type Heard, type Known } from "./heard";
import { ManyScans } from "./scan";
import { signal } from "./sound";

interface CodesProps extends Expected {
  label: string;
  onChoose: (chosen: string[]) => void;
}

/** Envelopes chosen by scanning one after the other, typing, or from the list of those that are expected. */
export function Codes({ label, onChoose, ...expected }: CodesProps) {
  const { known, chosen } = expected;
  const [typed, setTyped] = useState("");
  const [said, setSaid] = useState<Heard | null>(null);
  const [asked, setAsked] = useState<string[]>([]);
  const taken = useRef(chosen); // of the next scan, which may come before this screen is drawn again
  taken.current = chosen;
  const scan = (text: string) => {
    const heard = hear(text, { ...expected, chosen: taken.current });
    signal(heard.tone);
    setSaid(heard);
    setTyped("");
    const { take, ask } = heard;
    if (ask) setAsked((before) => [...new Set([...before, ask])]);
    if (!take) return;
    taken.current = [...taken.current, take];
    onChoose(taken.current);
  };
  const type = (text: string) => {
    setTyped(text);
    if (checkS10(text)) scan(text); // thirteen right characters: no button needed
  };
  const options = optionsOf(expected, asked);
  return (
    <>
      <ManyScans
        label={t("Quét hoặc gõ mã bưu gửi")}
        what={t("mã bưu gửi")}
        value={typed}
        onInput={type}
        onScan={scan}
        said={said}
        count={countDown(expected)}
        full={known.length > 0 && known.every((one) => chosen.includes(one.code))}
      />
      {options.length > 0 && (
        <Many
          label={t("{label}: {chosen} trên {of}", { label, chosen: chosen.length, of: options.length })}
          options={options}
          chosen={chosen}
          onChoose={onChoose}
        />
      )}
    </>
  );
}

function optionsOf({ known, chosen, others: way, name }: Expected, asked: string[]): Option[] {
  const others = [...new Set([...asked, ...chosen])].filter((code) => !known.some((one) => one.code === code));
  return [...others.map((code) => outsider(code, way, name?.(code))), ...known.map(optionOf)];
}

const optionOf = ({ code, words, hint }: Known): Option => ({
  value: code,
  label: words === code ? code : words,
  hint: [words === code ? "" : code, hint].filter(Boolean).join(" · "),
});

const OUTSIDE: Record<Expected["others"], string> = {
  ask: t("Không có trong danh sách. Đánh dấu nếu vẫn giao nhận."),
  count: t("Không có trong danh sách"),
  take: t("Đã quét"),
};

function outsider(code: string, way: Expected["others"], name: string | null | undefined): Option {
  return { value: code, label: name ?? code, hint: name ? `${code} · ${OUTSIDE[way]}` : OUTSIDE[way] };
}
