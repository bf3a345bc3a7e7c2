import { useState } from "preact/hooks";
import { countersign, type Invitation, now, readInvitation, type Signed, syncNow } from "../../engine";
import { t } from "../../language/sentences";
import type { Bundle, Purses } from "../../types";
import { Purse } from "../bag/cash";
import { Button } from "../kit/button";
import { EnvelopeCode } from "../kit/coded";
import { ActionBar, Card, Notice, Page } from "../kit/page";
import { ScanField } from "../kit/scan";
import { go, TO } from "../place";
import { clock } from "../time";
import { Refusal, tell } from "../trouble";
import { PURSE } from "../words";
import { Code } from "./code";
import { actOf, isForMe, whereOf } from "./words";

/** What both have signed is in the office's book: it is asked for at once. */
function seeBag(): void {
  void syncNow();
  go(TO.bag);
}

/** The courier's side signs here, on the courier's own phone: scan what the counter's screen shows, read it, sign it. */
export function Confirm({ bundle }: { bundle: Bundle }) {
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [signed, setSigned] = useState<Signed | null>(null);
  const sign = async () => {
    if (!invitation) return;
    if (Date.parse(invitation.until) < (await now()).getTime())
      throw new Refusal(t("Mã đã hết hạn. Xin quầy mở mã mới."));
    const done = await countersign(invitation);
    setSigned(done);
    if (!done.known) return;
    tell(t("Đã ký, nơi giao nhận đã nhận được."));
    seeBag();
  };
  return (
    <Page title={t("Xác nhận bằng máy này")} back={{ to: TO.bag, label: t("Túi của tôi") }}>
      {!invitation && <Scan bundle={bundle} onFound={setInvitation} />}
      {invitation && !signed && <Shown bundle={bundle} invitation={invitation} />}
      {signed && !signed.known && <Answer signed={signed} />}
      {invitation && !signed && (
        <ActionBar>
          <Button big icon="check" onPress={sign}>
            {t("Đúng, tôi ký")}
          </Button>
          <Button kind="secondary" big icon="cross" onPress={() => setInvitation(null)}>
            {t("Không đúng, bỏ")}
          </Button>
        </ActionBar>
      )}
    </Page>
  );
}

function Scan({ bundle, onFound }: { bundle: Bundle; onFound: (found: Invitation) => void }) {
  const [text, setText] = useState("");
  const [error, setError] = useState("");
  const take = (given: string) => {
    const found = readInvitation(given);
    setText(given);
    if (found && isForMe(found, bundle.courier.id)) onFound(found);
    else
      setError(
        found ? t("Mã này mời người khác ký.") : t("Đây không phải mã mời ký. Xin quét mã trên màn hình của quầy."),
      );
  };
  return (
    <>
      <Notice>
        <p>
          {t(
            "Nhìn, đếm phong bì hoặc tiền trước. Rồi quét mã trên màn hình của quầy hoặc bộ phận một cửa. Không cần mạng.",
          )}
        </p>
      </Notice>
      <ScanField label={t("Mã mời ký")} what={t("mã mời ký")} value={text} error={error} onInput={take} />
    </>
  );
}

function Shown({ bundle, invitation }: { bundle: Bundle; invitation: Invitation }) {
  const { place_name, counts, cash, until } = invitation;
  return (
    <>
      <h2>{actOf(invitation)}</h2>
      <p>{t("{place_name} · ký trước {time}", { place_name, time: clock(until) })}</p>
      {cash ? <Money cash={cash} /> : <Envelopes bundle={bundle} codes={invitation.codes} />}
      {counts && (
        <ul class="rows">
          {counts.map(([line, count]) => (
            <li key={line} class="rows__row">
              {t("Dòng {line} của phiếu: đếm được {count} bản", { line, count })}
            </li>
          ))}
        </ul>
      )}
      <Notice>
        <p>{t("Chỉ ký khi chính mình đã đếm và thấy đúng như trên.")}</p>
      </Notice>
    </>
  );
}

function Envelopes({ bundle, codes }: { bundle: Bundle; codes: string[] }) {
  if (!codes.length) return <p>{t("Danh sách dài: xin đối chiếu mã trên màn hình của quầy.")}</p>;
  return (
    <ul class="rows">
      {codes.map((code) => (
        <li key={code} class="rows__row">
          <strong class="num">
            <EnvelopeCode code={code} />
          </strong>
          <span class="muted">{whereOf(code, bundle)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Each purse by itself, as the counter has counted it. */
function Money({ cash }: { cash: Purses }) {
  return (
    <Card title={t("Quầy đã đếm được")}>
      <Purse label={PURSE.postage} amount={cash.postage} />
      <Purse label={PURSE.state_fee} amount={cash.state_fee} />
    </Card>
  );
}

function Answer({ signed }: { signed: Signed }) {
  return (
    <>
      <Notice tone="wait" title={t("Đã ký, chưa có mạng")}>
        <p>{t("Đưa màn hình này cho quầy quét. Quầy báo “Hai bên đã ký” thì mới xong.")}</p>
      </Notice>
      <Code text={signed.text} label={t("Mã trả lời cho quầy quét")} />
      <p class="muted num confirm__text">{signed.text}</p>
      <ActionBar>
        <Button big icon="check" onPress={seeBag}>
          {t("Quầy đã báo hai bên ký")}
        </Button>
      </ActionBar>
    </>
  );
}
