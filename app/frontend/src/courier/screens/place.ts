import { useEffect, useState } from "preact/hooks";

/** Where the courier is in the app: ids only, never a name. `#/diem/7`, `#/nhan/<errand>/<dossier>` … */
export interface Place {
  screen: string;
  ids: string[];
}

export const TO = {
  day: "#/",
  stop: (id: number | string) => `#/diem/${id}`,
  collect: (errand: string, dossier: string) => `#/nhan/${errand}/${dossier}`,
  deliver: (errand: string) => `#/tra/${errand}`,
  notDone: (errand: string) => `#/chua-duoc/${errand}`,
  pin: (stop: number | string) => `#/vi-tri/${stop}`,
  bag: "#/tui",
  handOver: "#/tui/giao",
  takeOver: "#/tui/nhan",
  incident: "#/tui/su-co",
  map: "#/ban-do",
  order: "#/thu-tu",
  add: "#/them-diem",
  queue: "#/cho-gui",
  end: "#/ket-thuc",
  signIn: "#/dang-nhap",
};

export function read(hash: string): Place {
  const [screen = "", ...ids] = hash.replace(/^#\/?/, "").split("/").filter(Boolean);
  return { screen, ids };
}

export function go(to: string): void {
  location.hash = to;
}

export function usePlace(): Place {
  const [place, setPlace] = useState(() => read(location.hash));
  useEffect(() => {
    const look = () => setPlace(read(location.hash));
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, []);
  return place;
}
