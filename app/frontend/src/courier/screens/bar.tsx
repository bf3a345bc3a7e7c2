import { useQueue, useUpdate } from "../engine";
import type { Bundle, Queue } from "../types";
import { Button } from "./kit/button";
import { useAge } from "./kit/age";
import { Icon } from "./kit/icon";
import { glanceOf } from "./line";
import { type Place, TO } from "./place";
import { clock } from "./time";
import { hush, useSaid } from "./trouble";

/** Always on top: is there a line, how much waits, how old is what is shown. */
export function Bar({ bundle }: { bundle: Bundle | null }) {
  const queue = useQueue();
  const age = useAge(bundle);
  return (
    <header class="top">
      <a class={`bar bar--${toneOf(queue)}`} href={TO.queue}>
        <Icon name={queue.offline ? "cross" : "check"} />
        <span class="bar__text">
          <span class="bar__line" role="status">
            {queue.full ? "Máy đầy bộ nhớ" : glanceOf(queue.trouble)} · {waitingIn(queue)}
          </span>
          {bundle && (
            <span class="bar__age">
              Dữ liệu lúc {clock(bundle.made_at)}, {age}
            </span>
          )}
        </span>
        <Icon name="arrow-right" />
      </a>
      <NewVersion />
      <Said />
    </header>
  );
}

const toneOf = ({ needsHelp, full, offline }: Queue): string => (needsHelp || full ? "bad" : offline ? "wait" : "good");

function waitingIn({ waiting, waitingFiles, needsHelp, empty }: Queue): string {
  const none = empty ? "chưa ghi việc nào" : "đã gửi hết";
  const left = waiting ? `${waiting} việc chờ gửi` : waitingFiles ? `còn ${waitingFiles} tệp chờ gửi` : none;
  return needsHelp ? `${left} · ${needsHelp} cần xem` : left;
}

function NewVersion() {
  const { ready, apply } = useUpdate();
  if (!ready) return null;
  return (
    <div class="toast toast--info">
      <p>Có bản mới của ứng dụng.</p>
      <Button kind="secondary" onPress={apply}>
        Cập nhật
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
          <button type="button" class="toast__close" aria-label="Đóng thông báo" onClick={hush}>
            <Icon name="cross" />
          </button>
        </div>
      )}
    </div>
  );
}

const TABS = [
  { to: TO.day, screens: ["", "diem", "thu-tu", "them-diem"], icon: "home", label: "Hôm nay" },
  { to: TO.bag, screens: ["tui", "ket-thuc"], icon: "bag", label: "Túi" },
  { to: TO.map, screens: ["ban-do"], icon: "map", label: "Bản đồ" },
  { to: TO.queue, screens: ["cho-gui"], icon: "send", label: "Chờ gửi" },
];

export function Tabs({ place }: { place: Place }) {
  return (
    <nav class="tabbar" aria-label="Màn hình chính">
      {TABS.map(({ to, screens, icon, label }) => (
        <a key={to} href={to} aria-current={screens.includes(place.screen) ? "page" : undefined}>
          <Icon name={icon} />
          <span>{label}</span>
        </a>
      ))}
    </nav>
  );
}
