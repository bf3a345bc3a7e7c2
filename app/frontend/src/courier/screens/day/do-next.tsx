import { t } from "../../language/sentences";
import type { Bundle, Stop } from "../../types";
import { Button } from "../kit/button";
import { tell } from "../trouble";
import { saveOrder, withNext } from "./arranging";
import { isAhead } from "./stop-facts";

/** Any open door can be the next one, with one tap. */
export function DoNext({ bundle, stop }: { bundle: Bundle; stop: Stop }) {
  if (!bundle.route || !isAhead(stop) || stop.id === bundle.next) return null;
  const choose = async () => {
    await saveOrder(bundle.route, withNext(bundle.stops, stop.id));
    tell(t("Đã lưu: điểm này là điểm tiếp theo."));
  };
  return (
    <Button kind="secondary" icon="arrow-right" onPress={choose}>
      {t("Làm điểm này tiếp")}
    </Button>
  );
}
