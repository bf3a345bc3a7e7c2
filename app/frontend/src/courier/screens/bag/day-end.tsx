import { totalOf } from "../../engine";
import { plural, t } from "../../language/sentences";
import type { Bundle } from "../../types";
import { isAhead } from "../day/stop-facts";
import { Button, LinkButton } from "../kit/button";
import { Codes } from "../kit/codes";
import { TextField } from "../kit/fields";
import { useForm } from "../kit/form";
import { ActionBar, Notice, Page } from "../kit/page";
import { go, TO } from "../place";
import { Refusal, tell } from "../trouble";
import { PURSE } from "../words";
import { inOrderOfStops } from "./envelopes";

interface EndForm {
  scanned: string[];
  postage: string;
  state_fee: string;
}

const EMPTY: EndForm = { scanned: [], postage: "", state_fee: "" };

const digits = (text: string): string => text.replace(/\D/g, "");

/**
 * The courier's own balance: what should be in the bag against what is, and the money as it was counted. What the receipts
 * say is not shown before: who knows the sum counts it.
 */
export function DayEnd({ bundle }: { bundle: Bundle }) {
  const held = useForm<EndForm>(`day-end:${bundle.day}`, EMPTY, []);
  const { scanned, postage, state_fee } = held.form;
  const end = async () => {
    if (!bundle.route) throw new Refusal(t("Hôm nay không có chuyến nên không có gì để kết thúc."));
    if (!postage || !state_fee) throw new Refusal(t("Xin đếm và ghi cả hai khoản tiền. Không giữ thì ghi 0."));
    const purses = { postage: Number(postage), state_fee: Number(state_fee) };
    const payload = { route_id: bundle.route.id, bag: scanned, cash: totalOf(purses), purses };
    await held.save("run_ended", { payload });
    tell(t("Đã lưu trên máy: kết thúc chuyến. Xin giữ máy có mạng đến khi gửi hết."));
    go(TO.cash);
  };
  if (!held.loaded) return null;
  return (
    <Page
      title={t("Cuối ngày")}
      lead={t("Đếm túi và tiền, rồi kết thúc chuyến.")}
      back={{ to: TO.day, label: t("Các điểm") }}
    >
      <LeftOver bundle={bundle} />
      <Codes
        label={t("Còn trong túi")}
        known={inOrderOfStops(bundle, bundle.bag)}
        others="count"
        chosen={scanned}
        onChoose={(chosen) => held.change({ scanned: chosen })}
      />
      <Balance expected={bundle.bag.map((parcel) => parcel.code)} scanned={scanned} />
      <Purses form={held.form} onCount={held.change} />
      <ActionBar>
        <Button big icon="check" onPress={end}>
          {t("Kết thúc chuyến")}
        </Button>
      </ActionBar>
    </Page>
  );
}

function Purses({ form, onCount }: { form: EndForm; onCount: (change: Partial<EndForm>) => void }) {
  return (
    <>
      <TextField
        label={t("{purse} đang giữ (đồng)", { purse: PURSE.postage })}
        hint={t("Đếm tiền trong túi rồi ghi. Không giữ thì ghi 0.")}
        mode="numeric"
        width="m"
        most={9}
        value={form.postage}
        onInput={(text) => onCount({ postage: digits(text) })}
      />
      <TextField
        label={t("{purse} đang giữ (đồng)", { purse: PURSE.state_fee })}
        hint={t("Tiền lệ phí để riêng, không gộp với cước.")}
        mode="numeric"
        width="m"
        most={9}
        value={form.state_fee}
        onInput={(text) => onCount({ state_fee: digits(text) })}
      />
    </>
  );
}

function LeftOver({ bundle }: { bundle: Bundle }) {
  const left = bundle.stops.filter(isAhead).length;
  return (
    <>
      {left > 0 && (
        <Notice tone="wait" title={plural("Còn {count} điểm chưa ghi kết quả", left)}>
          <p>{t("Điểm không đến được cũng cần ghi lý do, ví dụ “Hết giờ”.")}</p>
        </Notice>
      )}
      {bundle.bag.length > 0 && (
        <Notice title={plural("Còn {count} bưu gửi trong túi", bundle.bag.length)}>
          <p>{t("Nếu đã về bưu cục, xin giao ở quầy trước.")}</p>
          <LinkButton href={TO.handOver} kind="secondary" icon="arrow-right">
            {t("Giao cho bưu cục")}
          </LinkButton>
        </Notice>
      )}
    </>
  );
}

/** A mismatch names the envelope. */
function Balance({ expected, scanned }: { expected: string[]; scanned: string[] }) {
  const missing = expected.filter((code) => !scanned.includes(code));
  const extra = scanned.filter((code) => !expected.includes(code));
  if (!missing.length && !extra.length) return <Notice tone="good" title={t("Túi khớp với sổ.")} />;
  return (
    <Notice tone="wait" title={t("Túi chưa khớp với sổ")}>
      {missing.length > 0 && <p>{t("Chưa thấy: {codes}", { codes: missing.join(", ") })}</p>}
      {extra.length > 0 && <p>{t("Không có trong sổ: {codes}", { codes: extra.join(", ") })}</p>}
    </Notice>
  );
}
