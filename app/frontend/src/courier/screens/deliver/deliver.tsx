import { checkCode } from "../../engine";
import { t } from "../../language/sentences";
import type { Bundle, Errand, Payloads, Receipt } from "../../types";
import { findErrand } from "../day/stop-facts";
import { NoDoor } from "../door/door";
import { Button, LinkButton } from "../kit/button";
import { Tick } from "../kit/fields";
import { useForm } from "../kit/form";
import { Money, receiptOf } from "../kit/money";
import { ActionBar, Notice, Page } from "../kit/page";
import { ReceiptNote, useReceipt } from "../kit/receipt-note";
import { keepSigned, useSignedHere } from "../kit/signed-here";
import { SIGNATURES, Signing } from "../kit/signing";
import { go, TO } from "../place";
import { formOf, Once } from "../recorded/once";
import { tell } from "../trouble";
import { byPapers, type DeliverForm, deliverFaults, EMPTY, receivedBy, receiverOf, triedWith } from "./facts";
import { EnvelopeSeen } from "./envelope-seen";
import { Given } from "./given";
import { Proof, Receiver } from "./receiver";

const PICTURES = ["envelope", ...SIGNATURES] as const;

interface DeliverProps {
  bundle: Bundle;
  errandId: string | undefined;
  round: number;
}

export function Deliver({ bundle, errandId, round }: DeliverProps) {
  const here = findErrand(bundle, errandId);
  if (!here) return <NoDoor />;
  const { errand, stop } = here;
  const key = formOf("deliver", errand.id, round);
  const due = errand.papers_due.filter((one) => !errand.collected.includes(one.dossier_id));
  const back = { to: TO.stop(stop.id), label: t("Điểm {sequence}", { sequence: stop.sequence }) };
  return (
    <Once bundle={bundle} at={here} act={{ kind: "delivered", thing: null, round }} form={key}>
      <Page title={errand.kind === "deliver" ? t("Trả kết quả") : t("Trả giấy tờ")} lead={errand.name} back={back}>
        {due.length > 0 ? (
          <PapersDueFirst bundle={bundle} errand={errand} due={due.map((one) => one.dossier_id)} round={round} />
        ) : (
          <Delivering errand={errand} stop={stop.id} round={round} form={key} />
        )}
      </Page>
    </Once>
  );
}

interface DueProps {
  bundle: Bundle;
  errand: Errand;
  due: string[];
  round: number;
}

function PapersDueFirst({ bundle, errand, due, round }: DueProps) {
  return (
    <>
      <Notice tone="wait" title={t("Phải thu lại bản chính trước khi trả kết quả")}>
        <p>
          {t(
            "Đếm và niêm phong các giấy tờ này trong một phong bì mới gửi bộ phận một cửa. Thiếu thì chưa trả kết quả.",
          )}
        </p>
      </Notice>
      <ActionBar>
        {errand.dossiers
          .filter((dossier) => due.includes(dossier.id))
          .map((dossier) => (
            <LinkButton key={dossier.id} href={TO.collect(errand.id, dossier.id, round)} big icon="document">
              {t("Thu bản chính: {name}", { name: bundle.procedures[dossier.procedure]?.name ?? "" })}
            </LinkButton>
          ))}
      </ActionBar>
    </>
  );
}

interface DeliveringProps {
  errand: Errand;
  stop: number;
  round: number;
  form: string;
}

/** One page, at most nine taps from the day's list: the camera for the envelope opens by itself. */
function Delivering({ errand, stop, round, form: key }: DeliveringProps) {
  const held = useForm<DeliverForm>(key, EMPTY, PICTURES);
  const { form, pictures } = held;
  const receipt = useReceipt(form.pay === "yes", key);
  const save = async () => {
    const tried = triedWith(errand, form);
    if (tried !== form.tried) held.change({ tried });
    const found = await deliverFaults(errand, form, pictures, (code) => checkCode(errand, code));
    if (!held.passes(found)) return;
    const taken = receiptOf(errand.quote, form, receipt);
    const { op_id } = await held.save("delivered", {
      errandId: errand.id,
      revisionSeen: errand.revision,
      payload: payloadOf(errand, { ...form, tried }, taken),
      files: held.files(),
      round,
    });
    const act = { op_id, stop, name: receiverOf(errand, form), envelope: Boolean(pictures.envelope) };
    await keepSigned(act, errand, held);
    tell(t("Đã lưu trên máy: đã trao cho người nhận."));
    go(TO.stop(stop));
  };
  if (!held.loaded) return null;
  return (
    <>
      <Questions errand={errand} stop={stop} held={held} receipt={receipt} />
      <ActionBar>
        <Button big icon="check" onPress={save}>
          {t("Đã trao, lưu lại")}
        </Button>
      </ActionBar>
    </>
  );
}

type Held = ReturnType<typeof useForm<DeliverForm>>;

interface QuestionsProps {
  errand: Errand;
  stop: number;
  held: Held;
  receipt: string;
}

function Questions({ errand, stop, held, receipt }: QuestionsProps) {
  const { form, pictures, faults, change, picture } = held;
  const offer = useSignedHere(stop, errand, receiverOf(errand, form));
  const part = { errand, form, faults, onChange: change };
  return (
    <>
      <Given errand={errand} given={form.given} fault={faults.given} onGive={(given) => change({ given })} />
      <Tick
        label={t("Đã cho người nhận xem niêm phong còn nguyên")}
        error={faults.sealWhole}
        checked={form.sealWhole}
        onTick={(sealWhole) => change({ sealWhole })}
      />
      <Receiver {...part} />
      <Proof {...part} />
      {byPapers(errand) && (
        <EnvelopeSeen
          offer={offer}
          fault={faults.envelope}
          image={pictures.envelope ?? null}
          onTake={(image) => picture("envelope", image)}
        />
      )}
      <Money quote={errand.quote} paid={form} faults={faults} onChange={change} />
      {form.pay === "yes" && <ReceiptNote number={receipt} />}
      <Signing
        who={t("người nhận")}
        consent={errand.consent}
        signed={form}
        pictures={pictures}
        faults={faults}
        withCourier={false}
        offer={offer}
        onChange={change}
        onPicture={picture}
      />
    </>
  );
}

function payloadOf(errand: Errand, form: DeliverForm, receipt: Receipt | null): Payloads["delivered"] {
  return {
    ...receivedBy(errand, form),
    code: form.code || null,
    ...(form.tried.length > 0 && { code_tries: form.tried.length }),
    seal_whole: true,
    parcels: form.given,
    scanned: true,
    thumbprint: form.thumbprint,
    ...(form.thumbprint && { read_aloud: form.readAloud === true }),
    witness: form.thumbprint ? form.witness.trim() : null,
    receipt,
    ...(form.taken && { signed_with: form.taken.op_id }),
  };
}
