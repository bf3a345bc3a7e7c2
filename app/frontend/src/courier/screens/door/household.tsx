import { t } from "../../language/sentences";
import type { Errand, Stop } from "../../types";
import { addressOf, mapLink, pointOf } from "../day/stop-facts";
import { Button, LinkButton } from "../kit/button";
import { CallLink } from "../kit/call";
import { TO } from "../place";
import { Refusal, tell } from "../trouble";
import { noteCall } from "./calls";

/** Who lives here, where it is, whom to call: the head of the door's one card. */
export function Household({ stop }: { stop: Stop }) {
  const { place, errands } = stop;
  const words = wordsOf(errands);
  return (
    <>
      {words.length > 0 && (
        <p class="greeting">
          <span>{t("Chào và nói trước:")}</span> <strong>“{words.join("”, “")}”</strong>
        </p>
      )}
      <address class="address">
        <strong>{addressOf(stop)}</strong>
        {place.address && <span>{place.unit}</span>}
        {place.former_name && (
          <span class="address__old">{t("Tên cũ: {former_name}", { former_name: place.former_name })}</span>
        )}
        {place.landmark && <span class="address__landmark">{place.landmark}</span>}
        {place.memory && <span class="address__memory">{place.memory}</span>}
        <span class="address__pin">
          {place.pin_confirmed ? t("Vị trí đã được xác nhận") : t("Vị trí tạm, theo tên xã hoặc phường")}
        </span>
      </address>
      <Spoken errands={errands} />
      {people(errands).map((person) => (
        <CallAndNote key={person.phone} {...person} />
      ))}
      <p class="tools">
        <LinkButton href={mapLink(stop)} kind="secondary" icon="map">
          {t("Mở trong bản đồ")}
        </LinkButton>
        <Button kind="quiet" icon="copy" onPress={() => copyPoint(pointOf(stop))}>
          {t("Chép tọa độ")}
        </Button>
        <LinkButton href={TO.pin(stop.id)} kind="quiet" icon="pin">
          {t("Sửa vị trí")}
        </LinkButton>
      </p>
    </>
  );
}

/** What is spoken here, and who translates where this courier does not speak it. */
function Spoken({ errands }: { errands: Errand[] }) {
  const asked = errands.find(({ tongue }) => tongue);
  if (!asked?.tongue) return null;
  const { tongue, interpreter } = asked;
  return (
    <>
      <p class="spoken">
        <strong>{t("Nhà này nói: {tongue}", { tongue: tongue.name })}</strong>
        {!tongue.mine && !interpreter && ` · ${t("chưa có người phiên dịch, xin nhờ người nhà hoặc trưởng thôn")}`}
      </p>
      {interpreter && (
        <CallLink phone={interpreter.phone}>{t("Gọi người phiên dịch: {name}", { name: interpreter.name })}</CallLink>
      )}
    </>
  );
}

/** For a phone whose map does not open by itself: every map's search takes it. */
async function copyPoint(point: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(point);
  } catch {
    throw new Refusal(t("Điện thoại không cho chép. Xin gõ vào ô tìm của bản đồ: {point}", { point }));
  }
  tell(t("Đã chép tọa độ {point}. Xin dán vào ô tìm của bản đồ.", { point }));
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
  whom: "applicant" | "helper";
}

/** Everyone to be called at this door, once. */
function people(errands: Errand[]): Person[] {
  const all = errands.flatMap((errand): Person[] => [
    { phone: errand.phone, name: errand.name, role: "", errandId: errand.id, whom: "applicant" },
    {
      ...{ phone: errand.helper_phone ?? "", name: errand.helper_name ?? "", role: t("người giúp") },
      ...{ errandId: errand.id, whom: "helper" },
    },
  ]);
  return all.filter(({ phone }, at) => phone && all.findIndex((other) => other.phone === phone) === at);
}

/** Each press is written down, here and on the form that asks for calls. */
export function CallAndNote({ phone, name, role, errandId, whom }: Person) {
  return (
    <CallLink phone={phone} onCall={() => noteCall(errandId, whom)}>
      {role ? t("Gọi {role}: {name}", { role, name }) : t("Gọi {name}", { name })}
    </CallLink>
  );
}
