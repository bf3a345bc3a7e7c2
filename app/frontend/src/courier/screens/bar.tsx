import { useQueue, useSession, useUpdate } from "../engine";
import { plural, t } from "../language/sentences";
import type { Bundle, Queue } from "../types";
import { Button } from "./kit/button";
import { useAge } from "./kit/age";
import { Icon } from "./kit/icon";
import { useTight } from "./kit/tight";
import { glanceOf, shortly } from "./line";
import { type Place, TO } from "./place";
import { clock } from "./time";
import { hush, useSaid } from "./trouble";

/** Always on top: is there a line, how much waits, how old is what is shown. */
export function Bar({ bundle, place }: { bundle: Bundle | null; place: Place }) {
  const queue = useQueue();
  return (
    <header class="top">
      <div class={`bar bar--${toneOf(queue)}`}>
        <a class="bar__standing" href={TO.queue}>
          <Icon name={queue.offline ? "cross" : "check"} />
          <Standing queue={queue} bundle={bundle} />
        </a>
        <Aid place={place} />
      </div>
      <NewVersion />
      <Said />
    </header>
  );
}

/** In big type one line has room for what matters most; a reader hears all of it. */
function Standing({ queue, bundle }: { queue: Queue; bundle: Bundle | null }) {
  const [tight, age] = [useTight(), useAge(bundle)];
  return (
    <span class="bar__text">
      {tight && (
        <span class="bar__line" aria-hidden="true">
          {shortly(queue)}
        </span>
      )}
      <span class={tight ? "visually-hidden" : "bar__line"} role="status">
        {queue.full ? t("Máy đầy bộ nhớ") : glanceOf(queue.trouble)} · {waitingIn(queue)}
      </span>
      {bundle && !tight && (
        <span class="bar__age">{t("Dữ liệu lúc {time}, {age}", { time: clock(bundle.made_at), age })}</span>
      )}
    </span>
  );
}

/** A person who knows what to do, one touch away on every screen. */
function Aid({ place }: { place: Place }) {
  const { telephones } = useSession();
  return (
    <>
      {telephones?.duty && (
        <a class="bar__aid" href={`tel:${telephones.duty}`} aria-label={t("Gọi điều phối viên")}>
          <Icon name="phone" />
          <span class="bar__word">{t("Gọi")}</span>
        </a>
      )}
      {place.screen !== "tro-giup" && (
        <a class="bar__aid" href={TO.help(place.screen)} aria-label={t("Trợ giúp")}>
          <Icon name="help" />
          <span class="bar__word">{t("Trợ giúp")}</span>
        </a>
      )}
    </>
  );
}

const toneOf = ({ needsHelp, full, offline }: Queue): string => (needsHelp || full ? "bad" : offline ? "wait" : "good");

function waitingIn({ waiting, waitingFiles, needsHelp, empty }: Queue): string {
  const none = empty ? t("chưa ghi việc nào") : t("đã gửi hết");
  const left = waiting
    ? plural("{count} việc chờ gửi", waiting)
    : waitingFiles
      ? plural("còn {count} tệp chờ gửi", waitingFiles)
      : none;
  return needsHelp ? t("{left} · {needsHelp} cần xem", { left, needsHelp }) : left;
}

function NewVersion() {
  const { ready, apply } = useUpdate();
  if (!ready) return null;
  return (
    <div class="toast toast--info">
      <p>{t("Có bản mới của ứng dụng.")}</p>
      <Button kind="secondary" onPress={apply}>
        {t("Cập nhật")}
      </Button>
    </div>
  );
}

function Said() {
  const said = useSaid();
  return (
    <div aria-live="assertive">
      {said && (
        <div class={`toast toast--${said.tone}`} data-said={said.tone}>
          <Icon name={said.tone === "good" ? "check" : "alert"} />
          <p>{said.text}</p>
          <button type="button" class="toast__close" aria-label={t("Đóng thông báo")} onClick={hush}>
            <Icon name="cross" />
          </button>
        </div>
      )}
    </div>
  );
}

const TABS = [
  { to: TO.day, screens: ["", "diem", "thu-tu", "them-diem"], icon: "home", label: t("Hôm nay") },
  { to: TO.bag, screens: ["tui", "ket-thuc"], icon: "bag", label: t("Túi") },
  { to: TO.map, screens: ["ban-do"], icon: "map", label: t("Bản đồ") },
  { to: TO.queue, screens: ["cho-gui"], icon: "send", label: t("Chờ gửi") },
];

export function Tabs({ place }: { place: Place }) {
  return (
    <nav class="tabbar" aria-label={t("Màn hình chính")}>
      {TABS.map(({ to, screens, icon, label }) => (
        <a key={to} href={to} aria-current={screens.includes(place.screen) ? "page" : undefined}>
          <Icon name={icon} />
          <span>{label}</span>
        </a>
      ))}
    </nav>
  );
}
