import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { record } from "../../engine";
import type { Bundle, Stop } from "../../types";
import { Button } from "../kit/button";
import { Icon } from "../kit/icon";
import { ActionBar, Notice, Page } from "../kit/page";
import { go, TO } from "../place";
import { Refusal, tell } from "../trouble";
import { addressOf, lateIn, promise } from "./stop-facts";

const fixed = (stop: Stop | undefined): boolean => !stop || stop.done || stop.locked;

/** Up and down, one place at a time. What is done or locked by the coordinator keeps its place. */
export function Order({ bundle }: { bundle: Bundle }) {
  const [stops, setStops] = useState(bundle.stops);
  const late = lateIn(stops);
  const swap = (at: number, to: number) => {
    const changed = [...stops];
    const [one, other] = [changed[at], changed[to]];
    if (!one || !other) return;
    changed[at] = other;
    changed[to] = one;
    setStops(changed);
  };
  const save = async () => {
    if (!bundle.route) throw new Refusal("Hôm nay chưa có chuyến nên chưa đổi thứ tự được.");
    await record("reordered", { payload: { route_id: bundle.route.id, stops: stops.map((stop) => stop.id) } });
    tell("Đã lưu thứ tự mới.");
    go(TO.day);
  };
  return (
    <Page
      title="Đổi thứ tự điểm"
      lead="Điểm đã xong và điểm do điều phối viên khóa giữ nguyên chỗ."
      back={{ to: TO.day, label: "Các điểm" }}
    >
      {late.size > 0 && (
        <Notice tone="wait" title={`${late.size} điểm sẽ đến sau giờ hẹn`}>
          <p>Vẫn lưu được, nhưng xin gọi báo các gia đình đó trước.</p>
        </Notice>
      )}
      <ol class="stops">
        {stops.map((stop, at) => (
          <OrderRow key={stop.id} stop={stop} isLate={late.has(stop.id)}>
            <Move stop={stop} up disabled={fixed(stop) || fixed(stops[at - 1])} onPress={() => swap(at, at - 1)} />
            <Move stop={stop} disabled={fixed(stop) || fixed(stops[at + 1])} onPress={() => swap(at, at + 1)} />
          </OrderRow>
        ))}
      </ol>
      <ActionBar>
        <Button big icon="check" onPress={save}>
          Lưu thứ tự
        </Button>
      </ActionBar>
    </Page>
  );
}

function OrderRow({ stop, isLate, children }: { stop: Stop; isLate: boolean; children: ComponentChildren }) {
  return (
    <li class={stop.done ? "stops__row is-done" : "stops__row"}>
      <div class="stops__text">
        <span class="stops__name">{addressOf(stop)}</span>
        <span class="stops__what">{promise(stop)}</span>
        {stop.locked && <span class="stops__what">Điều phối viên đã khóa</span>}
        {isLate && <span class="stops__late">Sau giờ hẹn</span>}
      </div>
      <span class="order__moves">{children}</span>
    </li>
  );
}

interface MoveProps {
  stop: Stop;
  up?: boolean;
  disabled: boolean;
  onPress: () => void;
}

function Move({ stop, up = false, disabled, onPress }: MoveProps) {
  return (
    <button
      type="button"
      class={`order__move${up ? " is-up" : ""}`}
      aria-label={`Đưa điểm ${stop.sequence} ${up ? "lên" : "xuống"}`}
      disabled={disabled}
      onClick={onPress}
    >
      <Icon name="chevron" />
    </button>
  );
}
