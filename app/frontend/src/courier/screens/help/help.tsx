import { useSession } from "../../engine";
import { t } from "../../language/sentences";
import { LinkButton, Button } from "../kit/button";
import { CallLink } from "../kit/call";
import { Icon } from "../kit/icon";
import { Card, Notice, Page } from "../kit/page";
import { TO } from "../place";
import { Picture } from "./pictures";
import { SITUATIONS, type Situation, situationsFor } from "./situations";

const goBack = () => history.back();

/** Whom to call, then what to do when something goes wrong; `from`: the screen on which it was asked for. */
export function Help({ from, id }: { from: string; id: string | undefined }) {
  const situation = SITUATIONS.find((one) => one.id === id);
  return situation ? <OneSituation situation={situation} from={from} /> : <Every from={from} />;
}

function Every({ from }: { from: string }) {
  const { here, others } = situationsFor(from);
  return (
    <Page title={t("Trợ giúp")} lead={t("Đọc được cả khi mất mạng.")}>
      <Calls />
      {here.length > 0 && <Rows title={t("Cho việc đang làm")} situations={here} from={from} />}
      <Rows title={here.length ? t("Việc khác") : t("Gặp chuyện gì?")} situations={others} from={from} />
      <Button kind="quiet" icon="arrow-left" onPress={goBack}>
        {t("Quay lại việc đang làm")}
      </Button>
    </Page>
  );
}

function Rows({ title, situations, from }: { title: string; situations: Situation[]; from: string }) {
  return (
    <section class="section">
      <h2 class="section__title">{title}</h2>
      <ul class="reasons">
        {situations.map((one) => (
          <li key={one.id}>
            <a class="reasons__link" href={TO.situation(from, one.id)}>
              <span>{one.title}</span>
              <Icon name="arrow-right" />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Without the PIN, too: who forgot it has to call, and who found the phone can. */
function Calls() {
  const { telephones } = useSession();
  const { duty, counter, office } = telephones ?? { duty: null, counter: null, office: "" };
  return (
    <>
      {duty && <CallLink phone={duty}>{t("Gọi điều phối viên")}</CallLink>}
      {counter && <CallLink phone={counter}>{t("Gọi quầy {office}", { office })}</CallLink>}
      {!duty && (
        <Notice tone="wait" title={t("Máy chưa có số của điều phối viên")}>
          <p>{t("Xin nhờ bưu cục ghi số trực ở trang “Người làm việc”, rồi tải lại dữ liệu ở màn hình “Chờ gửi”.")}</p>
        </Notice>
      )}
    </>
  );
}

function OneSituation({ situation, from }: { situation: Situation; from: string }) {
  const { id, title, steps, never, to, calls = [] } = situation;
  return (
    <Page title={title} back={{ to: TO.help(from), label: t("Trợ giúp") }}>
      <Picture of={id} />
      <Card>
        <ol class="help__steps">
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </Card>
      {never && <Notice tone="bad" title={never} />}
      {to && (
        <p class="tools">
          <LinkButton href={to.href} kind="secondary" icon="arrow-right">
            {to.words}
          </LinkButton>
        </p>
      )}
      {calls.map(({ phone, words }) => (
        <CallLink key={phone} phone={phone}>
          {words}
        </CallLink>
      ))}
      <Calls />
    </Page>
  );
}
