import { useEffect, useState } from "preact/hooks";

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

let offered: InstallPrompt | null = null;
const listeners = new Set<() => void>();

function offer(prompt: InstallPrompt | null): void {
  offered = prompt;
  for (const listener of listeners) listener();
}

/** Hold the browser's offer until a screen shows it as a button of its own. */
export function awaitInstall(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer(event as InstallPrompt);
  });
  addEventListener("appinstalled", () => offer(null));
}

/** Whether the app can be put on the home screen now, and the button's act. */
export function useInstall(): { can: boolean; prompt: () => Promise<void> } {
  const [, redraw] = useState({});
  useEffect(() => {
    const listener = (): void => redraw({});
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return { can: offered !== null, prompt };
}

async function prompt(): Promise<void> {
  await offered?.prompt();
  offer(null);
}
