import { useEffect } from "preact/hooks";
import { setOpenStop } from "../../engine";
import { t } from "../../language/sentences";
import type { Bundle, Stop } from "../../types";
import { DoNext } from "../day/do-next";
import { expectation } from "../day/stop-facts";
import { useWay } from "../day/use-way";
import { LinkButton } from "../kit/button";
import { ActionBar, Card, Empty, Notice, Page } from "../kit/page";
import { TO } from "../place";
import { say } from "../trouble";
import { ErrandCard } from "./errand-card";
import { Household } from "./household";
import { firstTask, type Task } from "./tasks";

export function Door({ bundle, id }: { bundle: Bundle; id: string | undefined }) {
  const stop = bundle.stops.find((one) => String(one.id) === id);
  useOpenStop(stop?.id ?? null);
  return stop ? <OpenDoor bundle={bundle} stop={stop} /> : <NoDoor />;
}

/** One door is one card with all its errands, and one next thing to do where the thumb is. */
function OpenDoor({ bundle, stop }: { bundle: Bundle; stop: Stop }) {
  const arrival = useWay(bundle).arrivals.get(stop.id);
  const task = firstTask(bundle, stop);
  return (
    <Page
      title={stop.gone ? t("Điểm đã bỏ") : t("Điểm {sequence}", { sequence: stop.sequence })}
      lead={expectation(stop, arrival)}
      back={{ to: TO.day, label: t("Các điểm") }}
    >
      {stop.gone && <Notice tone="wait" title={t("Điều phối viên đã bỏ điểm này. Việc đã ghi ở đây vẫn được giữ.")} />}
      {!bundle.route?.started && <NotStarted />}
      <Card>
        <Household stop={stop} />
        {stop.errands.map((errand) => (
          <ErrandCard key={errand.id} bundle={bundle} errand={errand} task={task} />
        ))}
      </Card>
      <DoNext bundle={bundle} stop={stop} />
      {task && <NextTask task={task} />}
      {stop.done && <Onward bundle={bundle} />}
    </Page>
  );
}

function NotStarted() {
  return (
    <Notice tone="wait" title={t("Chuyến chưa bắt đầu, nên chưa ghi nhận được gì ở đây.")}>
      <p>
        <a href={TO.day}>{t("Về trang đầu để bắt đầu chuyến")}</a>
      </p>
    </Notice>
  );
}

function NextTask({ task }: { task: Task }) {
  return (
    <ActionBar>
      <LinkButton href={task.to} big icon={task.icon}>
        {task.words}
      </LinkButton>
    </ActionBar>
  );
}

/** A new bundle never moves the door that is open. */
function useOpenStop(id: number | null): void {
  useEffect(() => {
    setOpenStop(id).catch(say);
  }, [id]);
}

export function NoDoor() {
  return (
    <Page title={t("Không thấy điểm này")} back={{ to: TO.day, label: t("Các điểm") }}>
      <Empty title={t("Điểm này không có trong chuyến hôm nay")}>
        <p>{t("Xin mở lại từ danh sách điểm.")}</p>
      </Empty>
    </Page>
  );
}

function Onward({ bundle }: { bundle: Bundle }) {
  const next = bundle.stops.find((stop) => stop.id === bundle.next);
  return (
    <ActionBar>
      <LinkButton href={next ? TO.stop(next.id) : TO.day} big icon="arrow-right">
        {next ? t("Đến điểm {sequence}", { sequence: next.sequence }) : t("Về danh sách điểm")}
      </LinkButton>
    </ActionBar>
  );
}
