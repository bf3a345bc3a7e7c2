import type { ComponentChildren } from "preact";
import type { Stop } from "../../types";
import { Icon } from "../kit/icon";
import { TO } from "../place";
import { clock } from "../time";
import { kindOf, LOCAL_STATE } from "../words";
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
      {kindOf(errand.kind)}
      {errand.local && ` · ${(LOCAL_STATE[errand.local.state]?.words ?? "").toLowerCase()}`}
    </span>
  ));
}

export function StopNumber({ stop, isNext }: { stop: Stop; isNext: boolean }) {
  return (
    <span class="stops__number">
      {stop.done ? <Icon name="check" /> : stop.sequence}
      <span class="visually-hidden">{stop.done ? "Đã xong" : isNext ? "Điểm tiếp theo" : ""}</span>
    </span>
  );
}
