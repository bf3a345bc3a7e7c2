import { useEffect } from "preact/hooks";
import { setOpenStop } from "../../engine";
import type { Bundle, Errand, Stop } from "../../types";
import { DoNext } from "../day/do-next";
import { addressOf, expectation, mapLink } from "../day/stop-facts";
import { useWay } from "../day/use-way";
import { LinkButton } from "../kit/button";
import { Icon } from "../kit/icon";
import { ActionBar, Card, Empty, Notice, Page } from "../kit/page";
import { TO } from "../place";
import { say } from "../trouble";
import { phoneNumber } from "../words";
import { useCalls } from "./calls";
import { ErrandCard } from "./errand-card";

/** One door is one card with all its errands. */
export function Door({ bundle, id }: { bundle: Bundle; id: string | undefined }) {
  const stop = bundle.stops.find((one) => String(one.id) === id);
  useOpenStop(stop?.id ?? null);
  const way = useWay(bundle);
  if (!stop) return <NoDoor />;
  const arrival = way.arrivals.get(stop.id);
  return (
    <Page title={`Điểm ${stop.sequence}`} lead={expectation(stop, arrival)} back={{ to: TO.day, label: "Các điểm" }}>
      {stop.gone && <Notice tone="wait" title="Điều phối viên đã bỏ điểm này. Việc đã ghi ở đây vẫn được giữ." />}
      <Household stop={stop} />
      {!bundle.route?.started && (
        <Notice tone="wait" title="Chuyến chưa bắt đầu, nên chưa ghi nhận được gì ở đây.">
          <p>
            <a href={TO.day}>Về trang đầu để bắt đầu chuyến</a>
          </p>
        </Notice>
      )}
      {stop.errands.map((errand) => (
        <ErrandCard key={errand.id} bundle={bundle} errand={errand} />
      ))}
      <DoNext bundle={bundle} stop={stop} />
      {stop.done && <Onward bundle={bundle} />}
    </Page>
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
    <Page title="Không thấy điểm này" back={{ to: TO.day, label: "Các điểm" }}>
      <Empty title="Điểm này không có trong chuyến hôm nay">
        <p>Xin mở lại từ danh sách điểm.</p>
      </Empty>
    </Page>
  );
}

function Onward({ bundle }: { bundle: Bundle }) {
  const next = bundle.stops.find((stop) => stop.id === bundle.next);
  return (
    <ActionBar>
      <LinkButton href={next ? TO.stop(next.id) : TO.day} big icon="arrow-right">
        {next ? `Đến điểm ${next.sequence}` : "Về danh sách điểm"}
      </LinkButton>
    </ActionBar>
  );
}

function Household({ stop }: { stop: Stop }) {
  const { place, errands } = stop;
  const words = [...new Set(errands.map((errand) => errand.word).filter(Boolean))];
  return (
    <Card>
      {words.length > 0 && (
        <p class="greeting">
          <span>Chào và nói trước:</span> <strong>“{words.join("”, “")}”</strong>
        </p>
      )}
      <address class="address">
        <strong>{addressOf(stop)}</strong>
        {place.address && <span>{place.unit}</span>}
        {place.former_name && <span class="address__old">Tên cũ: {place.former_name}</span>}
        {place.landmark && <span class="address__landmark">{place.landmark}</span>}
        {place.memory && <span class="address__memory">{place.memory}</span>}
        <span class="address__pin">
          {place.pin_confirmed ? "Vị trí đã được xác nhận" : "Vị trí tạm, theo tên xã hoặc phường"}
        </span>
      </address>
      <p class="tools">
        <LinkButton href={mapLink(stop)} kind="secondary" icon="map">
          Chỉ đường
        </LinkButton>
        <LinkButton href={TO.pin(stop.id)} kind="quiet" icon="pin">
          Sửa vị trí
        </LinkButton>
      </p>
      {people(errands).map((person) => (
        <CallAndNote key={person.phone} {...person} />
      ))}
    </Card>
  );
}

interface Person {
  phone: string;
  name: string;
  role: string;
  errandId: string;
}

/** Everyone to be called at this door, once. */
function people(errands: Errand[]): Person[] {
  const all = errands.flatMap((errand): Person[] => [
    { phone: errand.phone, name: errand.name, role: "", errandId: errand.id },
    { phone: errand.helper_phone ?? "", name: errand.helper_name ?? "", role: "người giúp: ", errandId: errand.id },
  ]);
  return all.filter(({ phone }, at) => phone && all.findIndex((other) => other.phone === phone) === at);
}

function CallAndNote(person: Person) {
  const { add } = useCalls(person.errandId);
  return <Call {...person} onCall={add} />;
}

export function Call({ phone, name, role, onCall }: Person & { onCall: () => void }) {
  return (
    <a class="call" href={`tel:${phone}`} onClick={onCall}>
      <Icon name="phone" />
      <span>
        <span class="call__name">
          Gọi {role}
          {name}
        </span>
        <span class="call__number">{phoneNumber(phone)}</span>
      </span>
    </a>
  );
}
