import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { plural, t } from "../../language/sentences";
import type { Bundle, Stop } from "../../types";
import { Button } from "../kit/button";
import { Icon } from "../kit/icon";
import { ActionBar, Notice, Page } from "../kit/page";
import { go, TO } from "../place";
import { tell } from "../trouble";
import { arranged, saveOrder } from "./arranging";
import { addressOf, expectation, isAhead } from "./stop-facts";
import { useNow } from "./use-way";
import { wayAhead, type Arrival } from "./way";

const swapped = (order: number[], at: number, to: number): number[] =>
  order.map((id, place) => (place === at ? order[to] : place === to ? order[at] : id) ?? id);

/** The open doors, as the courier wants to do them; new ones of the office join behind while this stands open. */
export function Order({ bundle }: { bundle: Bundle }) {
  const [chosen, setChosen] = useState<number[]>([]);
  const now = useNow();
  const rank = (stop: Stop): number => (chosen.includes(stop.id) ? chosen.indexOf(stop.id) : chosen.length);
  const open = bundle.stops.filter(isAhead).sort((a, b) => rank(a) - rank(b));
  const stops = arranged(bundle.stops, open);
  const { arrivals } = wayAhead({ ...bundle, stops }, now);
  const order = open.map((stop) => stop.id);
  const late = open.filter((stop) => arrivals.get(stop.id)?.late).length;
  const save = async () => {
    await saveOrder(bundle.route, stops);
    tell(t("Đã lưu thứ tự mới."));
    go(TO.day);
  };
  return (
    <Page
      title={t("Đổi thứ tự điểm")}
      lead={t("Điểm đã xong giữ nguyên chỗ và không hiện ở đây.")}
      back={{ to: TO.day, label: t("Các điểm") }}
    >
      {late > 0 && (
        <Notice tone="wait" title={plural("{count} điểm sẽ đến sau giờ hẹn", late)}>
          <p>{t("Vẫn lưu được, nhưng xin gọi báo các gia đình đó trước.")}</p>
        </Notice>
      )}
      <ol class="stops">
        {stops.filter(isAhead).map((stop, at) => (
          <OrderRow
            key={stop.id}
            stop={stop}
            arrival={arrivals.get(stop.id)}
            onFirst={at ? () => setChosen([stop.id, ...order.filter((id) => id !== stop.id)]) : null}
          >
            <Move stop={stop} up disabled={at === 0} onPress={() => setChosen(swapped(order, at, at - 1))} />
            <Move
              stop={stop}
              disabled={at === order.length - 1}
              onPress={() => setChosen(swapped(order, at, at + 1))}
            />
          </OrderRow>
        ))}
      </ol>
      <ActionBar>
        <Button big icon="check" onPress={save}>
          {t("Lưu thứ tự")}
        </Button>
      </ActionBar>
    </Page>
  );
}

interface RowProps {
  stop: Stop;
  arrival: Arrival | undefined;
  onFirst: (() => void) | null; // null: it is the first
  children: ComponentChildren;
}

function OrderRow({ stop, arrival, onFirst, children }: RowProps) {
  return (
    <li class="stops__row">
      <span class="stops__number">{stop.sequence}</span>
      <div class="stops__text">
        <span class="stops__name">{addressOf(stop)}</span>
        <span class="stops__what">{expectation(stop, arrival)}</span>
        {onFirst && (
          <Button kind="quiet" onPress={onFirst}>
            {t("Làm điểm này tiếp")}
          </Button>
        )}
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
      aria-label={up ? t("Đưa điểm {sequence} lên", stop) : t("Đưa điểm {sequence} xuống", stop)}
      disabled={disabled}
      onClick={onPress}
    >
      <Icon name="chevron" />
    </button>
  );
}
