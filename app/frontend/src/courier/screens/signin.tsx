import { useState } from "preact/hooks";
import { setPin, signIn, syncNow, unlock } from "../engine";
import { plural, t } from "../language/sentences";
import type { Session } from "../types";
import { Button, LinkButton } from "./kit/button";
import { Problem, TextField } from "./kit/fields";
import { Notice, Page } from "./kit/page";
import { go, TO } from "./place";
import { moment } from "./time";
import { Refusal } from "./trouble";

/** Name and password, once a shift; needs a network. */
export function SignIn() {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const enter = async () => {
    if (!username.trim() || !password) throw new Refusal(t("Xin gõ tên đăng nhập và mật khẩu."));
    await signIn(username.trim(), password);
    go(TO.day);
  };
  return (
    <Page
      title={t("Đăng nhập")}
      lead={t("Tận Nhà cho bưu tá. Cần có mạng một lần đầu ca; sau đó làm việc được cả khi mất mạng.")}
    >
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <TextField label={t("Tên đăng nhập")} value={username} onInput={setUsername} complete="username" />
        <TextField
          label={t("Mật khẩu")}
          type="password"
          value={password}
          onInput={setPassword}
          complete="current-password"
        />
        <Button submit big icon="unlock" onPress={enter}>
          {t("Đăng nhập")}
        </Button>
      </form>
    </Page>
  );
}

const PIN = /^\d{6}$/;

/** Six digits that lock the day's data on this phone. */
export function ChoosePin() {
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const keep = async () => {
    if (!PIN.test(first)) throw new Refusal(t("Mã PIN gồm đúng 6 chữ số. Xin gõ lại."));
    if (first !== second) throw new Refusal(t("Hai lần gõ chưa giống nhau. Xin gõ lại mã PIN."));
    await setPin(first);
  };
  return (
    <Page
      title={t("Chọn mã PIN")}
      lead={t("6 chữ số để mở ứng dụng khi mất mạng. Không dùng ngày sinh, không cho người khác biết.")}
    >
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <PinField label={t("Mã PIN mới")} value={first} onInput={setFirst} />
        <PinField label={t("Gõ lại mã PIN")} value={second} onInput={setSecond} />
        <Button submit big icon="lock" onPress={keep}>
          {t("Lưu mã PIN")}
        </Button>
      </form>
      <Notice>
        <p>
          {t(
            "Gõ sai 5 lần thì dữ liệu đọc được trong máy bị xóa. Việc đã ghi và ảnh đã chụp vẫn còn và vẫn gửi về bưu cục.",
          )}
        </p>
      </Notice>
    </Page>
  );
}

export function Unlock({ session }: { session: Session }) {
  const name = session.courier?.name ?? "";
  if (session.over && session.access_until) return <ShiftOver name={name} until={session.access_until} />;
  return <AskPin name={name} />;
}

/** By this phone's clock. Most mornings it is right; when it is not, nothing may be lost by it. */
function ShiftOver({ name, until }: { name: string; until: string }) {
  return (
    <Page title={t("Ca làm đã hết")} lead={name}>
      <p>
        {t("Đồng hồ của máy đang chỉ {time}; ca này đến {until}. Xin đăng nhập để bắt đầu ca mới.", {
          time: moment(Date.now()),
          until: moment(until),
        })}
      </p>
      <LinkButton big icon="unlock" href={TO.signIn}>
        {t("Đăng nhập ca mới")}
      </LinkButton>
      <Notice tone="wait" title={t("Nếu đồng hồ của máy lệch")}>
        <p>
          {t(
            "Xin chỉnh lại ngày giờ trong phần cài đặt của điện thoại, rồi mở lại ứng dụng. Chưa có gì bị xóa: danh sách trong ngày và việc đã ghi vẫn còn. Khi có mạng, máy tự lấy giờ của bưu cục.",
          )}
        </p>
        <Button kind="secondary" icon="refresh" onPress={askTheTime}>
          {t("Lấy giờ của bưu cục")}
        </Button>
      </Notice>
    </Page>
  );
}

async function askTheTime(): Promise<void> {
  const { fault } = await syncNow();
  if (fault) throw fault;
}

function AskPin({ name }: { name: string }) {
  const [pin, setPinText] = useState("");
  const [error, setError] = useState("");
  const open = async () => {
    if (!PIN.test(pin)) {
      setError(t("Mã PIN gồm đúng 6 chữ số."));
      return;
    }
    const { ok, triesLeft, over } = await unlock(pin);
    setPinText("");
    if (!ok && !over) setError(wrong(triesLeft));
  };
  return (
    <Page title={t("Mở khóa")} lead={name}>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        {error && <Problem text={error} />}
        <PinField label={t("Mã PIN")} value={pin} onInput={setPinText} />
        <Button submit big icon="unlock" onPress={open}>
          {t("Mở khóa")}
        </Button>
      </form>
      <ForgotPin />
    </Page>
  );
}

/** Nobody can open the day without it; nothing that was done depends on it. */
function ForgotPin() {
  return (
    <Notice title={t("Quên mã PIN?")}>
      <p>
        {t(
          "Việc đã ghi vẫn nằm an toàn và tự gửi về bưu cục, không cần mã PIN. Chỉ danh sách trong ngày là chưa xem được: khi có mạng, xin đăng nhập lại và chọn mã PIN mới, danh sách sẽ về lại. Chưa có mạng, xin gọi bưu cục hỏi điểm tiếp theo.",
        )}
      </p>
      <LinkButton href={TO.signIn} kind="quiet">
        {t("Đăng nhập lại")}
      </LinkButton>
    </Notice>
  );
}

function wrong(triesLeft: number): string {
  if (triesLeft > 0) return plural("Mã PIN chưa đúng. Còn {count} lần thử.", triesLeft);
  return t("Đã sai 5 lần: dữ liệu trong ngày đã xóa khỏi máy. Việc đã ghi vẫn còn. Xin đăng nhập lại khi có mạng.");
}

function PinField({ label, value, onInput }: { label: string; value: string; onInput: (text: string) => void }) {
  return (
    <TextField
      label={label}
      type="password"
      mode="numeric"
      width="code"
      most={6}
      value={value}
      onInput={(text) => onInput(text.replace(/\D/g, ""))}
    />
  );
}
