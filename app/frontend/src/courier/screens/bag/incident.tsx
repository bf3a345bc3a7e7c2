import { checkS10 } from "../../engine";
import { t } from "../../language/sentences";
import type { Bundle, FileKind, Payloads } from "../../types";
import { Button } from "../kit/button";
import type { Faults } from "../kit/faults";
import { Choice, TextField } from "../kit/fields";
import { useForm } from "../kit/form";
import { ActionBar, Page } from "../kit/page";
import { Photo } from "../kit/photo";
import { ScanField } from "../kit/scan";
import { go, TO } from "../place";
import { tell } from "../trouble";

const PICTURES: readonly FileKind[] = ["seal", "seal_other_side"];
const EMPTY = { kind: "", parcel: "", note: "" };
const KINDS = [
  { value: "seal_broken", label: t("Niêm phong không còn nguyên") },
  { value: "damaged", label: t("Phong bì hỏng, ướt") },
  { value: "lost", label: t("Không tìm thấy") },
];

/** Something is wrong with an envelope: said at once, with pictures where there is something to see. */
export function Incident({ bundle }: { bundle: Bundle }) {
  const held = useForm("incident", EMPTY, PICTURES);
  const { form, faults, pictures, change } = held;
  const shown = form.kind === "seal_broken" || form.kind === "damaged" ? PICTURES : [];
  const save = async () => {
    const parcel = checkS10(form.parcel);
    const missing = shown.filter((kind) => !pictures[kind]).map((kind) => [kind, t("Chưa có ảnh này.")] as const);
    if (!held.passes({ ...said(form, parcel), ...Object.fromEntries(missing) }) || !parcel) return;
    const incident = form.kind as Payloads["incident"]["incident"];
    const errand = bundle.bag.find((one) => one.code === parcel)?.errand_id ?? null;
    const payload = { incident, parcel, note: form.note.trim() };
    await held.save("incident", { errandId: errand, payload, files: held.files(shown) });
    tell(t("Đã lưu trên máy. Điều phối viên sẽ gọi lại."));
    go(TO.bag);
  };
  return (
    <Page title={t("Báo sự cố")} back={{ to: TO.bag, label: t("Túi của tôi") }}>
      <Choice
        label={t("Chuyện gì xảy ra")}
        options={KINDS}
        value={form.kind}
        error={faults.kind}
        onChoose={(kind) => change({ kind })}
      />
      <ScanField
        label={t("Mã bưu gửi")}
        what={t("mã bưu gửi")}
        value={form.parcel}
        error={faults.parcel}
        onInput={(parcel) => change({ parcel })}
      />
      <BothSides kinds={shown} held={held} />
      <TextField label={t("Kể ngắn gọn")} value={form.note} error={faults.note} onInput={(note) => change({ note })} />
      <ActionBar>
        <Button big icon="check" onPress={save}>
          {t("Ghi nhận sự cố")}
        </Button>
      </ActionBar>
    </Page>
  );
}

function said({ kind, note }: { kind: string; note: string }, parcel: string | null): Faults {
  return {
    ...(!kind && { kind: t("Xin chọn chuyện gì xảy ra.") }),
    ...(!parcel && { parcel: t("Mã bưu gửi chưa đúng. Xin quét lại hoặc gõ đủ 13 ký tự.") }),
    ...(!note.trim() && { note: t("Xin kể ngắn gọn: ở đâu, lúc nào.") }),
  };
}

type Held = ReturnType<typeof useForm<typeof EMPTY>>;

function BothSides({
  kinds,
  held,
}: {
  kinds: readonly FileKind[];
  held: Pick<Held, "faults" | "pictures" | "picture">;
}) {
  return (
    <>
      {kinds.map((kind, at) => (
        <Photo
          key={kind}
          label={at ? t("Chụp mặt sau") : t("Chụp mặt trước")}
          error={held.faults[kind]}
          image={held.pictures[kind] ?? null}
          onTake={(image) => held.picture(kind, image)}
        />
      ))}
    </>
  );
}
