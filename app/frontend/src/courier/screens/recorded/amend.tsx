import { type RecordedAct, useActs } from "../../engine";
import { t } from "../../language/sentences";
import type { AmendableField, Bundle, Errand } from "../../types";
import { findErrand } from "../day/stop-facts";
import { NoDoor } from "../door/door";
import { Button } from "../kit/button";
import { Choice, TextField } from "../kit/fields";
import { useForm } from "../kit/form";
import { ActionBar, Notice, Page } from "../kit/page";
import { go, TO } from "../place";
import { Refusal, tell } from "../trouble";
import { choicesFor } from "../undone/facts";
import { ID_KIND, OPERATION, RELATION } from "../words";
import { amendFaults, changesOf, fieldsOf, isAmendable, isOurs, type Words, wordsNow } from "./amending";
import { OneForm, RecordedAgain } from "./once";

const EMPTY: { words: Words; why: string } = { words: {}, why: "" };

/** Words about an own act are put right, with a reason; the act itself stays as it was recorded. */
export function Amend({ bundle, id }: { bundle: Bundle; id: string | undefined }) {
  const acts = useActs();
  if (!acts) return null;
  const act = acts.find((one) => one.op_id === id);
  const at = findErrand(bundle, act?.errand_id ?? undefined);
  if (!act || !at) return <NoDoor />;
  if (!isAmendable(act) || !isOurs(act, acts, bundle)) return <RecordedAgain bundle={bundle} id={id} />;
  const key = `amend:${act.op_id}`;
  return (
    <OneForm form={key}>
      <Amending bundle={bundle} errand={at.errand} act={act} before={wordsNow(act, acts)} form={key} />
    </OneForm>
  );
}

interface AmendingProps {
  bundle: Bundle;
  errand: Errand;
  act: RecordedAct;
  before: Words;
  form: string;
}

function Amending({ bundle, errand, act, before, form: key }: AmendingProps) {
  const held = useForm(key, EMPTY, []);
  const { form, faults, change } = held;
  const save = async () => {
    const changes = changesOf(act, before, form.words);
    const found = amendFaults(changes, form.why);
    if (!held.passes(found)) {
      if (found.changes) throw new Refusal(found.changes);
      return;
    }
    const payload = { amends: act.op_id, why: form.why.trim(), changes };
    await held.save("amended", { errandId: errand.id, revisionSeen: errand.revision, payload });
    tell(t("Đã lưu trên máy: lời sửa đứng bên cạnh lời cũ."));
    go(TO.recorded(act.op_id));
  };
  const set = (field: AmendableField, text: string) => {
    held.clear([field]);
    change({ words: { ...form.words, [field]: text } });
  };
  if (!held.loaded) return null;
  return (
    <Page
      title={t("Sửa lời đã ghi")}
      lead={OPERATION[act.kind]}
      back={{ to: TO.recorded(act.op_id), label: t("Việc đã ghi") }}
    >
      <Notice>
        <p>{t("Lời cũ vẫn được giữ. Nhãn, niêm phong, giấy tờ, tiền và nơi giữ bưu gửi không sửa ở đây.")}</p>
      </Notice>
      {fieldsOf(act).map((field) => (
        <Field
          key={field}
          field={field}
          value={form.words[field] ?? before[field] ?? ""}
          error={faults[field]}
          options={optionsOf(field, bundle, errand)}
          onSet={(text) => set(field, text)}
        />
      ))}
      <TextField label={t("Vì sao sửa")} value={form.why} error={faults.why} onInput={(why) => change({ why })} />
      <ActionBar>
        <Button big icon="check" onPress={save}>
          {t("Ghi lời sửa")}
        </Button>
      </ActionBar>
    </Page>
  );
}

const LABEL: Record<AmendableField, string> = {
  receiver_relation: t("Người nhận là"),
  receiver_name: t("Họ tên người nhận"),
  id_kind: t("Giấy tờ tùy thân đã xem"),
  id_last4: t("4 số cuối của giấy tờ"),
  outcome: t("Lý do"),
  note: t("Ghi chú"),
};

type Options = { value: string; label: string }[] | null;

function optionsOf(field: AmendableField, { outcomes }: Bundle, errand: Errand): Options {
  const listed = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label }));
  if (field === "receiver_relation") return listed(RELATION);
  if (field === "id_kind") return listed(ID_KIND);
  if (field !== "outcome") return null;
  return choicesFor(outcomes, errand).map(({ code, label }) => ({ value: code, label }));
}

interface FieldProps {
  field: AmendableField;
  value: string;
  error: string | undefined;
  options: Options;
  onSet: (text: string) => void;
}

function Field({ field, value, error, options, onSet }: FieldProps) {
  const part = { label: LABEL[field], value, error };
  if (options) return <Choice {...part} options={options} onChoose={onSet} />;
  const short = field === "id_last4" ? { width: "s" as const, most: 4 } : {};
  return <TextField {...part} {...short} optional={field === "note"} onInput={onSet} />;
}
