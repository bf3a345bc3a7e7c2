import { useState } from "preact/hooks";
import { t } from "../../language/sentences";
import { Button } from "../kit/button";
import { Notice } from "../kit/page";
import { signal, useSignal } from "../kit/signal";

interface InstallEvent extends Event {
  prompt: () => Promise<unknown>;
}

const offered = signal<InstallEvent | null>(null);

// the browser offers it once, long before this screen is opened
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offered.set(event as InstallEvent);
});

/** An installed app keeps its data: the browser clears that of pages it thinks forgotten. */
export function InstallOffer() {
  const event = useSignal(offered);
  const [asked, setAsked] = useState(false);
  if (!event || asked) return null;
  const install = async () => {
    setAsked(true);
    await event.prompt();
  };
  return (
    <Notice title={t("Cài Tận Nhà vào màn hình chính")}>
      <p>{t("Mở nhanh hơn, và điện thoại không tự xóa dữ liệu chưa gửi.")}</p>
      <Button kind="secondary" icon="download" onPress={install}>
        {t("Cài đặt")}
      </Button>
    </Notice>
  );
}
