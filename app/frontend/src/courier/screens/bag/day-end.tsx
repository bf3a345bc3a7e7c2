import { record } from "../../engine";
import type { Bundle } from "../../types";
import { isAhead } from "../day/stop-facts";
import { Button, LinkButton } from "../kit/button";
import { Codes } from "../kit/codes";
import { useDraft } from "../kit/draft";
import { TextField } from "../kit/fields";
import { ActionBar, Notice, Page } from "../kit/page";
import { go, TO } from "../place";
import { Refusal, tell } from "../trouble";
import { money, purposeOf } from "../words";
import { useTakings } from "./takings";

interface EndForm {
  scanned: string[];
  cash: string;
}

/** The courier's own balance: what should be in the bag against what is, and the money taken. */
export function DayEnd({ bundle }: { bundle: Bundle }) {
  const draft = useDraft<EndForm>(`end:${bundle.day}`, { scanned: [], cash: "" });
  const { total } = useTakings(bundle.day);
  const { scanned, cash } = draft.value;
  const counted = cash === "" ? total : Number(cash.replace(/\D/g, ""));
  const end = async () => {
    if (!bundle.route) throw new Refusal("Hôm nay không có chuyến nên không có gì để kết thúc.");
    await record("run_ended", { payload: { route_id: bundle.route.id, bag: scanned, cash: counted } });
    await draft.drop();
    tell("Đã lưu trên máy: kết thúc chuyến. Xin giữ máy có mạng đến khi gửi hết.");
    go(TO.queue);
  };
  if (!draft.loaded) return null;
  return (
    <Page title="Cuối ngày" lead="Đếm túi và tiền, rồi kết thúc chuyến." back={{ to: TO.day, label: "Các điểm" }}>
      <LeftOver bundle={bundle} />
      <Codes
        label="Còn trong túi"
        known={bundle.bag.map(({ code, purpose }) => ({ code, words: purposeOf(purpose) }))}
        chosen={scanned}
        onChoose={(chosen) => draft.patch({ scanned: chosen })}
      />
      <Balance expected={bundle.bag.map((parcel) => parcel.code)} scanned={scanned} />
      <TextField
        label="Tiền đang giữ (đồng)"
        hint={`Máy đã ghi thu ${money(total)} hôm nay.`}
        mode="numeric"
        width="m"
        value={cash === "" ? String(total) : cash}
        onInput={(text) => draft.patch({ cash: text.replace(/\D/g, "") || "0" })}
      />
      {counted !== total && (
        <Notice tone="wait" title={`Lệch ${money(Math.abs(counted - total))} so với sổ của máy.`} />
      )}
      <ActionBar>
        <Button big icon="check" onPress={end}>
          Kết thúc chuyến
        </Button>
      </ActionBar>
    </Page>
  );
}

function LeftOver({ bundle }: { bundle: Bundle }) {
  const left = bundle.stops.filter(isAhead).length;
  return (
    <>
      {left > 0 && (
        <Notice tone="wait" title={`Còn ${left} điểm chưa ghi kết quả`}>
          <p>Điểm không đến được cũng cần ghi lý do, ví dụ “Hết giờ”.</p>
        </Notice>
      )}
      {bundle.bag.length > 0 && (
        <Notice title={`Còn ${bundle.bag.length} bưu gửi trong túi`}>
          <p>Nếu đã về bưu cục, xin giao ở quầy trước.</p>
          <LinkButton href={TO.handOver} kind="secondary" icon="arrow-right">
            Giao cho bưu cục
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
  if (!missing.length && !extra.length) return <Notice tone="good" title="Túi khớp với sổ." />;
  return (
    <Notice tone="wait" title="Túi chưa khớp với sổ">
      {missing.length > 0 && <p>Chưa thấy: {missing.join(", ")}</p>}
      {extra.length > 0 && <p>Không có trong sổ: {extra.join(", ")}</p>}
    </Notice>
  );
}
