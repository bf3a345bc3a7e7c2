import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { useBundle, useSession } from "./engine";
import { Bag } from "./screens/bag/bag";
import { CashScreen } from "./screens/bag/cash";
import { DayEnd } from "./screens/bag/day-end";
import { HandOver } from "./screens/bag/hand-over";
import { Incident } from "./screens/bag/incident";
import { Bar, Tabs } from "./screens/bar";
import { Confirm } from "./screens/confirm/confirm";
import { Collect } from "./screens/collect/collect";
import { AddStop } from "./screens/day/add";
import { Day } from "./screens/day/day";
import { Order } from "./screens/day/order";
import { Deliver } from "./screens/deliver/deliver";
import { Help } from "./screens/help/help";
import { Door } from "./screens/door/door";
import { Pin } from "./screens/door/pin";
import { useSecondCall } from "./screens/door/second-call";
import { LanguageChoice } from "./screens/kit/language";
import { useTight } from "./screens/kit/tight";
import { MapScreen } from "./screens/map/map-screen";
import { NoBundle } from "./screens/no-bundle";
import { type Place, roundOf, usePlace } from "./screens/place";
import { QueueScreen } from "./screens/queue/queue";
import { Amend } from "./screens/recorded/amend";
import { OneForm, RecordedAgain, RunOnce } from "./screens/recorded/once";
import { ChoosePin, SignIn, Unlock } from "./screens/signin";
import { hushOld } from "./screens/trouble";
import { Undone } from "./screens/undone/undone";
import type { Bundle } from "./types";

type Screen = (bundle: Bundle, ids: string[]) => ComponentChildren;

const SCREENS: Record<string, Screen> = {
  "": (bundle) => <Day bundle={bundle} />,
  diem: (bundle, [id]) => <Door key={id} bundle={bundle} id={id} />,
  nhan: (bundle, [errand, dossier, round]) => (
    <Collect key={`${dossier}/${round}`} bundle={bundle} errandId={errand} dossierId={dossier} round={roundOf(round)} />
  ),
  tra: (bundle, [errand, round]) => (
    <Deliver key={`${errand}/${round}`} bundle={bundle} errandId={errand} round={roundOf(round)} />
  ),
  "chua-duoc": (bundle, [errand, round]) => (
    <Undone key={`${errand}/${round}`} bundle={bundle} errandId={errand} round={roundOf(round)} />
  ),
  sua: (bundle, [act]) => <Amend key={act} bundle={bundle} id={act} />,
  "da-ghi": (bundle, [act]) => <RecordedAgain key={act} bundle={bundle} id={act} />,
  "vi-tri": (bundle, [stop]) => <Pin key={stop} bundle={bundle} id={stop} />,
  tui: (bundle, [task]) => BAG[task ?? ""]?.(bundle) ?? <Bag bundle={bundle} />,
  "ban-do": (bundle) => <MapScreen bundle={bundle} />,
  "thu-tu": (bundle) => <Order bundle={bundle} />,
  "them-diem": () => <AddStop />,
  "cho-gui": (bundle) => <QueueScreen bundle={bundle} />,
  ky: (bundle) => <Confirm bundle={bundle} />,
  "ket-thuc": (bundle) => (
    <RunOnce bundle={bundle}>
      <DayEnd bundle={bundle} />
    </RunOnce>
  ),
};

const BAG: Record<string, (bundle: Bundle) => ComponentChildren> = {
  giao: (bundle) => (
    <OneForm key="giao" form="hand:give">
      <HandOver bundle={bundle} way="give" />
    </OneForm>
  ),
  nhan: (bundle) => (
    <OneForm key="nhan" form="hand:take">
      <HandOver bundle={bundle} way="take" />
    </OneForm>
  ),
  "su-co": (bundle) => (
    <OneForm key="su-co" form="incident">
      <Incident bundle={bundle} />
    </OneForm>
  ),
  tien: (bundle) => <CashScreen bundle={bundle} />,
};

/** A task at a door has the thumb's edge for itself: no tabs there. */
const TASKS = new Set(["nhan", "tra", "chua-duoc", "da-ghi", "sua", "vi-tri", "thu-tu", "them-diem", "ky"]);

/** Who forgot the PIN, or whom the office asks to, signs in anew; what waits is kept. */
const ASKED_AGAIN = new Set(["locked", "open"]);

export function App() {
  const session = useSession();
  const place = usePlace();
  if (place.screen === "tro-giup") return <Helping place={place} open={session.state === "open"} />;
  const again = place.screen === "dang-nhap" && ASKED_AGAIN.has(session.state);
  return again ? <Outside screen={<SignIn />} /> : <Standing session={session} />;
}

/** Help is there in front of the lock, too: who forgot the PIN needs it most. */
function Helping({ place, open }: { place: Place; open: boolean }) {
  const bundle = useBundle();
  const [from = "", id] = place.ids;
  return (
    <Frame withTabs={open}>
      <Bar bundle={bundle} place={place} />
      <Help key={id} from={from} id={id} />
      {open && <Tabs place={place} />}
    </Frame>
  );
}

function Standing({ session }: { session: ReturnType<typeof useSession> }) {
  switch (session.state) {
    case "loading":
      return <main class="main" aria-busy="true" />;
    case "signed_out":
      return <Outside screen={<SignIn />} />;
    case "no_pin":
      return <Outside screen={<ChoosePin />} />;
    case "locked":
      return <Outside screen={<Unlock session={session} />} />;
    case "open":
      return <Inside />;
  }
}

function Frame({ withTabs = false, children }: { withTabs?: boolean; children: ComponentChildren }) {
  const tight = useTight();
  return <div class={`app${withTabs ? " app--tabs" : ""}${tight ? " app--tight" : ""}`}>{children}</div>;
}

function Outside({ screen }: { screen: ComponentChildren }) {
  return (
    <Frame>
      <Bar bundle={null} place={{ screen: "mo-khoa", ids: [] }} />
      {screen}
      <LanguageChoice />
    </Frame>
  );
}

function Inside() {
  const bundle = useBundle();
  const place = usePlace();
  useEffect(hushOld, [place.screen, ...place.ids]);
  useSecondCall(bundle);
  const withTabs = !TASKS.has(place.screen) && !place.ids.some((id) => id in BAG);
  return (
    <Frame withTabs={withTabs}>
      <Bar bundle={bundle} place={place} />
      {bundle ? <Shown bundle={bundle} place={place} /> : <NoBundle place={place} />}
      {withTabs && <Tabs place={place} />}
    </Frame>
  );
}

function Shown({ bundle, place }: { bundle: Bundle; place: Place }) {
  const screen = SCREENS[place.screen] ?? SCREENS[""];
  return <>{screen?.(bundle, place.ids)}</>;
}
