import { NOTHING, add, totalOf } from "../../engine";
import { plural, t } from "../../language/sentences";
import type { Bundle, Cash, Purses } from "../../types";
import { LinkButton } from "../kit/button";
import { Badge, Card, Empty, Notice, Page } from "../kit/page";
import { TO } from "../place";
import { clock } from "../time";
import { money, PURSE } from "../words";

/** What the receipts of the day say, the office's and those that are still on this phone; never one number. */
export function CashScreen({ bundle }: { bundle: Bundle }) {
  const { cash } = bundle;
  return (
    <Page
      title={t("Tiền thu hôm nay")}
      lead={t("Theo các giấy xác nhận thu tiền.")}
      back={{ to: TO.bag, label: t("Túi của tôi") }}
    >
      <CashNotice bundle={bundle} />
      <Sums cash={cash} />
      {cash.counted && <Counted counted={cash.counted} due={cash.in_hand} />}
      {cash.unread > 0 && (
        <Notice tone="wait" title={plural("Còn {count} việc chưa gửi từ lần đăng nhập trước", cash.unread)}>
          <p>{t("Tiền của những việc đó sẽ hiện ở đây khi gửi xong.")}</p>
        </Notice>
      )}
      <LinkButton href={TO.confirm} kind="secondary" icon="scan">
        {t("Nộp tiền: xác nhận bằng máy này")}
      </LinkButton>
      <Receipts cash={cash} />
    </Page>
  );
}

function Sums({ cash }: { cash: Cash }) {
  const later = totalOf(cash.earlier) > 0;
  return (
    <Card title={t("Đang giữ")}>
      <Purse label={PURSE.postage} amount={cash.in_hand.postage} />
      <Purse label={PURSE.state_fee} amount={cash.in_hand.state_fee} />
      {totalOf(cash.handed_in) > 0 && (
        <p class="muted">{t("Hôm nay đã nộp ở quầy: {both}.", { both: both(cash.handed_in) })}</p>
      )}
      {later && <p class="muted">{t("Của những ngày trước, chưa nộp: {both}.", { both: both(cash.earlier) })}</p>}
    </Card>
  );
}

export function Purse({ label, amount }: { label: string; amount: number }) {
  return (
    <p class="purse">
      <span>{label}</span> <strong class="num">{money(amount)}</strong>
    </p>
  );
}

const both = ({ postage, state_fee }: Purses): string =>
  `${PURSE.postage.toLowerCase()} ${money(postage)}, ${PURSE.state_fee.toLowerCase()} ${money(state_fee)}`;

/** Only after the courier has counted: what there should be is not shown before. */
function Counted({ counted, due }: { counted: Purses; due: Purses }) {
  if (counted.postage === due.postage && counted.state_fee === due.state_fee)
    return <Notice tone="good" title={t("Tiền đã đếm khớp với các giấy thu.")} />;
  return (
    <Notice tone="wait" title={t("Tiền đã đếm chưa khớp với các giấy thu")}>
      <p>{t("Đã đếm: {both}.", { both: both(counted) })}</p>
      <p>{t("Khi nộp, xin cùng quầy đếm lại và tìm giấy bị lệch.")}</p>
    </Notice>
  );
}

function Receipts({ cash }: { cash: Cash }) {
  if (!cash.receipts.length) return <Empty title={t("Hôm nay chưa thu tiền ở điểm nào")} />;
  return (
    <ul class="rows">
      {cash.receipts.map((receipt) => (
        <li key={receipt.op_id} class="rows__row">
          <strong class="num">{receipt.number}</strong>
          <span class="muted">
            {clock(receipt.paid_at)} · {both(receipt)}
            {receipt.official && ` · ${t("số của cơ quan thu: {official}", { official: receipt.official })}`}
          </span>
          {!receipt.sent && <Badge tone="wait">{t("Chưa gửi")}</Badge>}
        </li>
      ))}
    </ul>
  );
}

/** Much money is a danger to who carries it, and old money a question. */
export function CashNotice({ bundle }: { bundle: Bundle }) {
  const { ceiling, in_hand, earlier } = bundle.cash;
  const held = totalOf(add(in_hand, earlier));
  if (ceiling !== null && held > ceiling)
    return (
      <Notice
        tone="bad"
        title={t("Đang giữ {amount}, quá mức {ceiling}", { amount: money(held), ceiling: money(ceiling) })}
      >
        <p>{t("Xin ghé bưu cục nộp tiền trước khi đi tiếp.")}</p>
      </Notice>
    );
  if (totalOf(earlier) > totalOf(NOTHING))
    return (
      <Notice tone="wait" title={t("Còn {amount} của ngày trước chưa nộp", { amount: money(totalOf(earlier)) })}>
        <p>{t("Xin nộp ở quầy trước khi bắt đầu chuyến.")}</p>
      </Notice>
    );
  return null;
}

export function CashLink() {
  return (
    <LinkButton href={TO.cash} kind="secondary" icon="document">
      {t("Tiền thu")}
    </LinkButton>
  );
}
