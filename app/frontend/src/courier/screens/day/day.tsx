import { useEffect } from "preact/hooks";
import { record } from "../../engine";
import { plural, t } from "../../language/sentences";
import type { Bundle, Route, Stop } from "../../types";
import { CashNotice } from "../bag/cash";
import { Button, LinkButton } from "../kit/button";
import { Badge, Card, Empty, Notice, Page } from "../kit/page";
import { TO } from "../place";
import { clock, longDay } from "../time";
import { tell } from "../trouble";
import { kilometres, workOf } from "../words";
import { addressOf, backWords, expectation, isAhead, legWords } from "./stop-facts";
import { StopRows } from "./stop-rows";
import { useWay } from "./use-way";
import type { Arrival, Way } from "./way";

/** The courier's day: one big next action, then every door in order. */
export function Day({ bundle }: { bundle: Bundle }) {
  const { route, courier } = bundle;
  return (
    <Page title={t("Chuyến hôm nay")} lead={`${longDay(bundle.made_at)} · ${courier.office.name}`}>
      {route ? <Run bundle={bundle} route={route} /> : <NoRun />}
    </Page>
  );
}

function NoRun() {
  return (
    <Empty title={t("Hôm nay chưa có chuyến")}>
      <p>
        {t("Khi điều phối viên ban hành kế hoạch, các điểm sẽ hiện ở đây. Xin tải lại dữ liệu ở màn hình “Chờ gửi”.")}
      </p>
    </Empty>
  );
}

function Run({ bundle, route }: { bundle: Bundle; route: Route }) {
  const left = bundle.stops.filter(isAhead);
  const way = useWay(bundle);
  useEffect(() => {
    scrollTo(0, 0); // begun: the next door is on top now
  }, [route.started]);
  return (
    <>
      {route.stood_in && !route.started && <StoodIn />}
      {!route.started && <WaitingAtOffice bundle={bundle} />}
      <Next bundle={bundle} route={route} left={left} way={way} />
      <CashNotice bundle={bundle} />
      {route.started && <WaitingAtOffice bundle={bundle} />}
      <Figures bundle={bundle} left={left} way={way} />
      <section class="section" aria-labelledby="stops">
        <h2 class="section__title" id="stops">
          {t("Các điểm")}
        </h2>
        <StopRows stops={bundle.stops} next={bundle.next} way={way} />
        {bundle.added.length > 0 && (
          <p class="muted">{t("Đã quét thêm, chờ bưu cục gửi địa chỉ: {added}", { added: bundle.added.join(", ") })}</p>
        )}
        <p class="tools">
          <LinkButton href={TO.order} kind="secondary" icon="list">
            {t("Đổi thứ tự")}
          </LinkButton>
          <LinkButton href={TO.add} kind="secondary" icon="scan">
            {t("Thêm điểm")}
          </LinkButton>
        </p>
      </section>
    </>
  );
}

function StoodIn() {
  return (
    <Notice tone="wait" title={t("Chuyến này xếp từ 17:00 hôm qua")}>
      <p>
        {t(
          "Sáng nay chưa lập được kế hoạch mới. Nơi nào đã báo đổi lịch thì không còn trong chuyến; nếu thiếu điểm, xin hỏi điều phối viên.",
        )}
      </p>
    </Notice>
  );
}

function Figures({ bundle, left, way }: { bundle: Bundle; left: Stop[]; way: Way }) {
  const all = bundle.stops.filter((stop) => !stop.gone).length;
  return (
    <dl class="figures figures--row">
      <Figure label={t("Còn lại")} value={String(left.length)} unit={plural("trên {count} điểm", all)} />
      <Figure
        label={t("Đường còn")}
        value={kilometres(way.metres)}
        unit={way.about ? t("khoảng, cả về") : t("cả về")}
      />
      <Figure label={t("Trong túi")} value={String(bundle.bag.length)} unit={t("bưu gửi")} />
    </dl>
  );
}

function Figure({ label, value, unit }: { label: string; value: string; unit?: string }) {
  return (
    <div class="figure">
      <dt>{label}</dt>
      <dd>
        <span class="figure__value">{value}</span> {unit && <span class="figure__unit">{unit}</span>}
      </dd>
    </div>
  );
}

function WaitingAtOffice({ bundle }: { bundle: Bundle }) {
  const count = bundle.waiting.length;
  if (!count) return null;
  return (
    <Notice tone="wait" title={plural("Còn {count} bưu gửi trong tủ của bưu cục", count)}>
      <p>{t("Xin nhận ở quầy trước khi đi: không có bưu gửi thì không trả kết quả được.")}</p>
      <p>
        <LinkButton href={TO.takeOver} kind="secondary" icon="bag">
          {t("Nhận từ bưu cục")}
        </LinkButton>
      </p>
    </Notice>
  );
}

function Next({ bundle, route, left, way }: { bundle: Bundle; route: Route; left: Stop[]; way: Way }) {
  if (!route.started) return <Start route={route} count={left.length} />;
  const stop = left.find((one) => one.id === bundle.next);
  if (stop) return <NextDoor stop={stop} arrival={way.arrivals.get(stop.id)} />;
  return (
    <Card title={t("Đã qua hết các điểm")} tone="accent">
      <p>{t("Xin về bưu cục, giao các bưu gửi đang giữ rồi kết thúc chuyến.")}</p>
      <LinkButton href={TO.end} big icon="check">
        {t("Kết thúc chuyến")}
      </LinkButton>
    </Card>
  );
}

function Start({ route, count }: { route: Route; count: number }) {
  const start = async () => {
    await record("run_started", { payload: { route_id: route.id } });
    tell(t("Đã bắt đầu chuyến. Đi đường cẩn thận nhé."));
  };
  return (
    <Card title={plural("Chuyến {number}: {count} điểm", count, { number: route.number })} tone="accent">
      <p>
        {clock(route.starts_at)}–{clock(route.ends_at)}
        {route.break_at && `, ${t("nghỉ trưa từ {time}", { time: clock(route.break_at) })}`}
      </p>
      <Button big icon="bike" onPress={start}>
        {t("Bắt đầu chuyến")}
      </Button>
    </Card>
  );
}

function NextDoor({ stop, arrival }: { stop: Stop; arrival: Arrival | undefined }) {
  const back = backWords(stop);
  return (
    <Card title={back ?? t("Điểm tiếp theo: {sequence}", { sequence: stop.sequence })} tone="accent">
      <p class="next__address">{addressOf(stop)}</p>
      <p>
        {expectation(stop, arrival)}
        {arrival && ` · ${legWords(arrival.leg)}`}
      </p>
      <p class="next__errands">
        {stop.errands.map((errand) => (
          <Badge key={errand.id} tone="info">
            {workOf(errand)}
          </Badge>
        ))}
      </p>
      <LinkButton href={TO.stop(stop.id)} big icon="arrow-right">
        {t("Mở điểm này")}
      </LinkButton>
    </Card>
  );
}
