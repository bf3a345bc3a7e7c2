import { useState } from "preact/hooks";
import { setPin, signIn, unlock } from "../engine";
import { Button, LinkButton } from "./kit/button";
import { Problem, TextField } from "./kit/fields";
import { Notice, Page } from "./kit/page";
import { go, TO } from "./place";
import { Refusal } from "./trouble";

/** Name and password, once a shift; needs a network. */
export function SignIn() {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const enter = async () => {
    if (!username.trim() || !password) throw new Refusal("Xin gõ tên đăng nhập và mật khẩu.");
    await signIn(username.trim(), password);
    go(TO.day);
  };
  return (
    <Page
      title="Đăng nhập"
      lead="Tận Nhà cho bưu tá. Cần có mạng một lần đầu ca; sau đó làm việc được cả khi mất mạng."
    >
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <TextField label="Tên đăng nhập" value={username} onInput={setUsername} complete="username" />
        <TextField
          label="Mật khẩu"
          type="password"
          value={password}
          onInput={setPassword}
          complete="current-password"
        />
        <Button submit big icon="unlock" onPress={enter}>
          Đăng nhập
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
    if (!PIN.test(first)) throw new Refusal("Mã PIN gồm đúng 6 chữ số. Xin gõ lại.");
    if (first !== second) throw new Refusal("Hai lần gõ chưa giống nhau. Xin gõ lại mã PIN.");
    await setPin(first);
  };
  return (
    <Page
      title="Chọn mã PIN"
      lead="6 chữ số để mở ứng dụng khi mất mạng. Không dùng ngày sinh, không cho người khác biết."
    >
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <PinField label="Mã PIN mới" value={first} onInput={setFirst} />
        <PinField label="Gõ lại mã PIN" value={second} onInput={setSecond} />
        <Button submit big icon="lock" onPress={keep}>
          Lưu mã PIN
        </Button>
      </form>
      <Notice>
        <p>
          Gõ sai 5 lần thì dữ liệu đọc được trong máy bị xóa. Việc đã ghi và ảnh đã chụp vẫn còn và vẫn gửi về bưu cục.
        </p>
      </Notice>
    </Page>
  );
}

export function Unlock({ name }: { name: string }) {
  const [pin, setPinText] = useState("");
  const [error, setError] = useState("");
  const open = async () => {
    if (!PIN.test(pin)) {
      setError("Mã PIN gồm đúng 6 chữ số.");
      return;
    }
    const { ok, triesLeft } = await unlock(pin);
    setPinText("");
    if (!ok) setError(wrong(triesLeft));
  };
  return (
    <Page title="Mở khóa" lead={name}>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        {error && <Problem text={error} />}
        <PinField label="Mã PIN" value={pin} onInput={setPinText} />
        <Button submit big icon="unlock" onPress={open}>
          Mở khóa
        </Button>
      </form>
      <p>
        <LinkButton href={TO.signIn} kind="quiet">
          Quên mã PIN? Đăng nhập lại khi có mạng
        </LinkButton>
      </p>
    </Page>
  );
}

function wrong(triesLeft: number): string {
  if (triesLeft > 0) return `Mã PIN chưa đúng. Còn ${triesLeft} lần thử.`;
  return "Đã sai 5 lần: dữ liệu trong ngày đã xóa khỏi máy. Việc đã ghi vẫn còn. Xin đăng nhập lại khi có mạng.";
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
