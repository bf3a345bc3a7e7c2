import type { ComponentChildren } from "preact";
import { t } from "../../language/sentences";
import type { Stop } from "../../types";
import { calledInList } from "../door/calls";
import { Icon } from "../kit/icon";
import { TO } from "../place";
import { clock } from "../time";
import { workOf } from "../words";
import { actedAt, isFulfilled, newTime, saidOf } from "./outcome";
import { addressOf, backWords, namesOf } from "./stop-facts";
import type { Arrival, Way } from "./way";

/** Every door in order; a tap anywhere on a row opens it. */
export function StopRows({ stops, next, way }: { stops: Stop[]; next: number | null; way: Way }) {
  return (
    <ol class="stops">
      {stops.map((stop) => (
        <Row key={stop.id} stop={stop} isNext={stop.id === next} arrival={way.arrivals.get(stop.id)} />
      ))}
    </ol>
  );
}

function Row({ stop, isNext, arrival }: { stop: Stop; isNext: boolean; arrival: Arrival | undefined }) {
  const at = arrival?.starts ?? actedAt(stop);
  return (
    <li class={`stops__row${stop.done ? " is-done" : ""}${isNext ? " is-next" : ""}`}>
      <StopNumber stop={stop} isNext={isNext} />
      <div class="stops__text">
        <Back stop={stop} />
        <a class="stops__link" href={TO.stop(stop.id)}>
          {addressOf(stop)}
        </a>
        <span class="stops__what">{namesOf(stop)}</span>
        <Errands stop={stop} />
        <Warning words={stop.gone ? t("Đã bỏ khỏi chuyến") : lateWords(arrival)} />
      </div>
      {at !== null && <span class="stops__time">{clock(at)}</span>}
    </li>
  );
}

const lateWords = (arrival: Arrival | undefined): string | null => (arrival?.late ? t("Sau giờ hẹn") : null);

function Warning({ words }: { words: string | null }) {
  return words ? <span class="stops__late">{words}</span> : null;
}

function Back({ stop }: { stop: Stop }) {
  const words = stop.done ? null : backWords(stop);
  return words ? <span class="stops__what">{words}</span> : null;
}

function Errands({ stop }: { stop: Stop }): ComponentChildren {
  return stop.errands.map((errand) => (
    <span class="stops__what" key={errand.id}>
      {[workOf(errand), ...saidOf(errand).map((said) => said.words), newTime(errand), calledInList(errand)]
        .filter(Boolean)
        .join(" · ")}
    </span>
  ));
}

export function StopNumber({ stop, isNext }: { stop: Stop; isNext: boolean }) {
  const [glyph, words] = isFulfilled(stop) ? ["check", t("Đã xong")] : ["cross", t("Hôm nay chưa xong")];
  return (
    <span class="stops__number">
      {stop.done ? <Icon name={glyph} /> : stop.gone ? "–" : stop.sequence}
      <span class="visually-hidden">{stop.done ? words : isNext ? t("Điểm tiếp theo") : ""}</span>
    </span>
  );
}
