import { useEffect, useState } from "preact/hooks";

/** Where the courier is in the app: ids only, never a name. `#/diem/7`, `#/nhan/<errand>/<dossier>` … */
export interface Place {
  screen: string;
  ids: string[];
}

/** A second visit on the same day, after "not done", has its own place: `#/tra/<errand>/2`. */
const again = (round: number): string => (round > 1 ? `/${round}` : "");

export const TO = {
  day: "#/",
  stop: (id: number | string) => `#/diem/${id}`,
  collect: (errand: string, dossier: string, round = 1) => `#/nhan/${errand}/${dossier}${again(round)}`,
  deliver: (errand: string, round = 1) => `#/tra/${errand}${again(round)}`,
  notDone: (errand: string, round = 1) => `#/chua-duoc/${errand}${again(round)}`,
  recorded: (act: string) => `#/da-ghi/${act}`,
  amend: (act: string) => `#/sua/${act}`,
  pin: (stop: number | string) => `#/vi-tri/${stop}`,
  bag: "#/tui",
  handOver: "#/tui/giao",
  takeOver: "#/tui/nhan",
  incident: "#/tui/su-co",
  cash: "#/tui/tien",
  confirm: "#/ky",
  map: "#/ban-do",
  order: "#/thu-tu",
  add: "#/them-diem",
  queue: "#/cho-gui",
  end: "#/ket-thuc",
  signIn: "#/dang-nhap",
  help: (from: string) => `#/tro-giup/${from || "hom-nay"}`,
  situation: (from: string, id: string) => `#/tro-giup/${from || "hom-nay"}/${id}`,
};

export function read(hash: string): Place {
  const [screen = "", ...ids] = hash.replace(/^#\/?/, "").split("/").filter(Boolean);
  return { screen, ids };
}

export const roundOf = (text: string | undefined): number => Math.max(1, Math.trunc(Number(text)) || 1);

/** On from a form that is saved: it is left behind, so that Back does not lead into it again. */
export function go(to: string): void {
  location.replace(to);
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
