import type { ComponentChildren } from "preact";
import type { Stop } from "../../types";
import { Icon } from "../kit/icon";
import { TO } from "../place";
import { clock } from "../time";
import { kindOf } from "../words";
import { isFulfilled, newTime, saidOf } from "./outcome";
import { addressOf, namesOf } from "./stop-facts";

/** Every door in order; a tap anywhere on a row opens it. */
export function StopRows({ stops, next }: { stops: Stop[]; next: number | null }) {
  return (
    <ol class="stops">
      {stops.map((stop) => (
        <Row key={stop.id} stop={stop} isNext={stop.id === next} />
      ))}
    </ol>
  );
}

function Row({ stop, isNext }: { stop: Stop; isNext: boolean }) {
  return (
    <li class={`stops__row${stop.done ? " is-done" : ""}${isNext ? " is-next" : ""}`}>
      <StopNumber stop={stop} isNext={isNext} />
      <div class="stops__text">
        <a class="stops__link" href={TO.stop(stop.id)}>
          {addressOf(stop)}
        </a>
        <span class="stops__what">{namesOf(stop)}</span>
        <Errands stop={stop} />
        {stop.gone && <span class="stops__late">Đã bỏ khỏi chuyến</span>}
      </div>
      <span class="stops__time">{clock(stop.arrives_at)}</span>
    </li>
  );
}

function Errands({ stop }: { stop: Stop }): ComponentChildren {
  return stop.errands.map((errand) => (
    <span class="stops__what" key={errand.id}>
      {[kindOf(errand.kind), ...saidOf(errand).map((said) => said.words), newTime(errand)].filter(Boolean).join(" · ")}
    </span>
  ));
}

export function StopNumber({ stop, isNext }: { stop: Stop; isNext: boolean }) {
  const [glyph, words] = isFulfilled(stop) ? ["check", "Đã xong"] : ["cross", "Hôm nay chưa xong"];
  return (
    <span class="stops__number">
      {stop.done ? <Icon name={glyph} /> : stop.gone ? "–" : stop.sequence}
      <span class="visually-hidden">{stop.done ? words : isNext ? "Điểm tiếp theo" : ""}</span>
    </span>
  );
}
