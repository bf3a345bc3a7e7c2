import type { Errand, Stop } from "../../types";
import { addressOf, mapLink } from "../day/stop-facts";
import { LinkButton } from "../kit/button";
import { Icon } from "../kit/icon";
import { TO } from "../place";
import { phoneNumber } from "../words";
import { useCalls } from "./calls";

/** Who lives here, where it is, whom to call: the head of the door's one card. */
export function Household({ stop }: { stop: Stop }) {
  const { place, errands } = stop;
  const words = wordsOf(errands);
  return (
    <>
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
      {people(errands).map((person) => (
        <CallAndNote key={person.phone} {...person} />
      ))}
      <p class="tools">
        <LinkButton href={mapLink(stop)} kind="secondary" icon="map">
          Chỉ đường
        </LinkButton>
        <LinkButton href={TO.pin(stop.id)} kind="quiet" icon="pin">
          Sửa vị trí
        </LinkButton>
      </p>
    </>
  );
}

/** One word for one person, whatever there is to do: each of theirs was told to them. */
export function wordsOf(errands: Errand[]): string[] {
  const firsts = errands.filter(
    ({ phone, name }, at) => errands.findIndex((one) => one.phone === phone && one.name === name) === at,
  );
  return [...new Set(firsts.map((errand) => errand.word).filter((word) => word !== null))];
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
