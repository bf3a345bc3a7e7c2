import { useState } from "preact/hooks";
import { plural, t } from "../../language/sentences";
import type { Bundle, Party } from "../../types";
import { Button } from "../kit/button";
import { Codes } from "../kit/codes";
import { Choice, type Option, TextField } from "../kit/fields";
import { useForm } from "../kit/form";
import type { Expected } from "../kit/heard";
import { ActionBar, Notice, Page } from "../kit/page";
import { go, TO } from "../place";
import { Refusal, tell } from "../trouble";
import { officeName } from "../words";
import { inOrderOfStops, stopsOfEnvelopes } from "./envelopes";

type Way = "give" | "take";

interface HandForm {
  other: string; // "office_safe:3", "courier:7", "desk:2"
  codes: string[];
}

/** Envelopes change hands; the other side confirms on its own screen. */
export function HandOver({ bundle, way }: { bundle: Bundle; way: Way }) {
  const first = { other: `office_safe:${bundle.courier.office.id}`, codes: [] };
  const held = useForm<HandForm>(`hand:${way}`, first, []);
  const [note, setNote] = useState("");
  const { other, codes } = held.form;
  const save = async () => {
    if (!codes.length) throw new Refusal(t("Chưa chọn bưu gửi nào. Xin quét, gõ hoặc đánh dấu ít nhất một mã."));
    const me: Party = { holder: "courier", id: String(bundle.courier.id) };
    const them = partyOf(other);
    const sides = way === "give" ? { giver: me, taker: them } : { giver: them, taker: me };
    await held.save("handed_over", { payload: { parcels: codes, ...sides, note: note.trim() } });
    tell(savedWords(way, codes.length));
    go(TO.bag);
  };
  if (!held.loaded) return null;
  return (
    <Page
      title={way === "give" ? t("Giao cho bên khác") : t("Nhận vào túi")}
      back={{ to: TO.bag, label: t("Túi của tôi") }}
    >
      <Choice
        label={way === "give" ? t("Giao cho") : t("Nhận từ")}
        options={others(bundle, way)}
        value={other}
        onChoose={(chosen) => held.change({ other: chosen })}
      />
      <Codes
        label={way === "give" ? t("Giao") : t("Nhận")}
        {...expected(bundle, way, other)}
        chosen={codes}
        onChoose={(chosen) => held.change({ codes: chosen })}
      />
      <TextField label={t("Ghi chú")} value={note} onInput={setNote} optional />
      <Notice>
        <p>{t("Hai bên cùng đếm. Người kia xác nhận trên máy của họ.")}</p>
      </Notice>
      <ActionBar>
        <Button big icon="check" onPress={save}>
          {way === "give"
            ? plural("Đã giao {count} bưu gửi", codes.length)
            : plural("Đã nhận {count} bưu gửi", codes.length)}
        </Button>
      </ActionBar>
    </Page>
  );
}

const savedWords = (way: Way, count: number): string =>
  way === "give"
    ? plural("Đã lưu trên máy: giao {count} bưu gửi. Bên kia cùng xác nhận.", count)
    : plural("Đã lưu trên máy: nhận {count} bưu gửi. Bên kia cùng xác nhận.", count);

function partyOf(other: string): Party {
  const [holder, id] = other.split(":") as [Party["holder"], string];
  return { holder, id };
}

function others({ courier, route, desks }: Bundle, way: Way): Option[] {
  const colleagues = route?.others ?? [];
  return [
    {
      value: `office_safe:${courier.office.id}`,
      label: officeName(courier.office.name),
    },
    ...(way === "give" ? desks.map((desk) => ({ value: `desk:${desk.id}`, label: desk.name })) : []),
    ...colleagues.map((one) => ({ value: `courier:${one.id}`, label: one.name, hint: t("Bưu tá cùng bưu cục") })),
  ];
}

/** What is known to be there; from a colleague nothing is known, so it is scanned. */
function expected(bundle: Bundle, way: Way, other: string): Omit<Expected, "chosen"> {
  const stopOf = stopsOfEnvelopes(bundle);
  const name = (code: string): string | null => stopOf(code)?.words ?? null;
  if (way === "give") return { known: inOrderOfStops(bundle, bundle.bag), others: "ask", name };
  const held = new Set(bundle.bag.map((parcel) => parcel.code));
  const refuse = (code: string): string | null => (held.has(code) ? t("đã ở trong túi.") : null);
  if (!other.startsWith("office_safe")) return { known: [], others: "take", refuse, name };
  return { known: inOrderOfStops(bundle, bundle.waiting), others: "ask", refuse, name };
}
