import { lock, refreshBundle, rescueZip, signOut, standingCounts, syncNow, useQueue, useSession } from "../../engine";
import type { Bundle, PhoneClock, Queue, QueuedFile, QueuedOperation } from "../../types";
import { useAge } from "../kit/age";
import { Button, LinkButton } from "../kit/button";
import { ActionBar, Badge, Empty, Notice, Page } from "../kit/page";
import { lineWords, unsentBecause } from "../line";
import { TO } from "../place";
import { SeeAgain } from "../recorded/here";
import { ago, clock, lasting } from "../time";
import { Refusal, tell } from "../trouble";
import { FILE_KIND, LOCAL_STATE, OPERATION, problemOf } from "../words";
import { StorageNotice } from "./storage";

/** However it ends, it ends with a word. */
async function send(): Promise<void> {
  const ended = await syncNow();
  const { waiting, waitingFiles } = await standingCounts();
  const because = unsentBecause(ended, waiting + waitingFiles > 0);
  if (because) throw new Refusal(because);
  if (ended.fault) throw ended.fault;
  tell("Bưu cục đã nhận đủ.");
}

/** What this phone still owes the office, in words. */
export function QueueScreen({ bundle }: { bundle: Bundle | null }) {
  const queue = useQueue();
  const help = queue.operations.filter((operation) => operation.state === "needs_help" && !operation.office);
  const office = queue.operations.filter((operation) => operation.office);
  const others = queue.operations.filter((operation) => operation.state !== "needs_help" && !operation.office);
  return (
    <Page title="Chờ gửi" lead={standing(queue)}>
      {queue.signInNeeded && (
        <Notice tone="wait" title="Bưu cục cần máy này đăng nhập lại">
          <p>Việc đã ghi vẫn nằm an toàn trong máy và vẫn được gửi đi.</p>
          <LinkButton href={TO.signIn} kind="secondary" icon="unlock">
            Đăng nhập lại
          </LinkButton>
        </Notice>
      )}
      {queue.clock && <WrongClock clock={queue.clock} />}
      {help.length > 0 && <Operations title="Cần xem và báo bưu cục" operations={help} />}
      {office.length > 0 && <Operations title="Bưu cục đang xem, không cần làm gì thêm" operations={office} />}
      {queue.files.length > 0 && <Files files={queue.files} />}
      {others.length > 0 ? (
        <Operations title="Đã ghi trên máy này" operations={others} />
      ) : (
        help.length + office.length === 0 && <Empty title="Chưa ghi việc nào trong 7 ngày qua" />
      )}
      <Tools bundle={bundle} />
      <ActionBar>
        <Button big icon="send" onPress={send}>
          Gửi ngay
        </Button>
      </ActionBar>
    </Page>
  );
}

function standing({ waiting, waitingFiles, empty, trouble, lastContact }: Queue): string {
  const left =
    waiting || waitingFiles
      ? `Còn ${waiting} việc, còn ${waitingFiles} tệp.`
      : empty
        ? "Máy này chưa ghi việc nào."
        : "Đã gửi hết.";
  const line = trouble ? ` ${lineWords(trouble)}` : "";
  const last = lastContact ? ` Gặp bưu cục lần cuối ${ago(lastContact, Date.now())}.` : "";
  return left + line + last;
}

function WrongClock({ clock: { offMs, moved } }: { clock: PhoneClock }) {
  const off = `${offMs > 0 ? "nhanh" : "chậm"} ${lasting(offMs)} so với bưu cục`;
  return (
    <Notice tone="wait" title={moved ? "Đồng hồ của máy đã bị vặn lùi" : `Đồng hồ của máy lệch: ${off}`}>
      <p>Xin chỉnh lại ngày giờ trong phần cài đặt của điện thoại. Việc đã ghi vẫn còn; bưu cục tự tính giờ đúng.</p>
    </Notice>
  );
}

const MOST = 40; // rows: a week of work would make a small phone stutter

function Operations({ title, operations }: { title: string; operations: QueuedOperation[] }) {
  return (
    <section class="section">
      <h2 class="section__title">{title}</h2>
      <ul class="rows">
        {operations.slice(0, MOST).map((operation) => (
          <Operation key={operation.op_id} operation={operation} />
        ))}
      </ul>
      {operations.length > MOST && <p class="muted">và {operations.length - MOST} việc trước đó</p>}
    </section>
  );
}

const AT_THE_OFFICE = { words: "Bưu cục đang xem", tone: "info" } as const;

function Operation({ operation }: { operation: QueuedOperation }) {
  const state = operation.office ? AT_THE_OFFICE : LOCAL_STATE[operation.state];
  const reasons = [
    ...operation.reviews.map((review) => review.detail),
    operation.problem && problemOf(operation.problem),
  ].filter(Boolean);
  return (
    <li class="rows__row">
      <span class="rows__head">
        <strong>{OPERATION[operation.kind]}</strong>
        {state && <Badge tone={state.tone}>{state.words}</Badge>}
      </span>
      <span class="muted">
        Việc số {operation.seq} · lúc {clock(operation.since)}
      </span>
      {reasons.map((reason) => (
        <p key={reason}>{reason}</p>
      ))}
      <SeeAgain opId={operation.op_id} />
    </li>
  );
}

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024).toLocaleString("vi-VN")} kB`;

function Files({ files }: { files: QueuedFile[] }) {
  return (
    <section class="section">
      <h2 class="section__title">Còn {files.length} tệp</h2>
      <ul class="rows">
        {files.slice(0, 20).map((file) => (
          <li class="rows__row" key={file.sha256}>
            <span>{FILE_KIND[file.kind]}</span>
            <span class="muted">
              {kilobytes(file.sent)} trên {kilobytes(file.size)}
            </span>
            {file.problem && <p>{problemOf(file.problem)}</p>}
          </li>
        ))}
      </ul>
      {files.length > 20 && <p class="muted">và {files.length - 20} tệp nữa</p>}
    </section>
  );
}

function Tools({ bundle }: { bundle: Bundle | null }) {
  const session = useSession();
  const age = useAge(bundle);
  const save = async () => {
    download(await rescueZip(), `tan-nha-cuu-ho-${Date.now()}.zip`);
    tell("Đã lưu gói cứu hộ. Gói được niêm phong: chỉ bưu cục mở được.");
  };
  const load = async () => {
    await refreshBundle();
    tell("Đã tải dữ liệu mới.");
  };
  return (
    <section class="section">
      <h2 class="section__title">Máy này</h2>
      <p class="muted">
        {session.courier?.name}
        {bundle && `. Dữ liệu lúc ${clock(bundle.made_at)}, ${age}`}
      </p>
      <StorageNotice full={useQueue().full} />
      <div class="tools tools--wide">
        <Button kind="secondary" icon="refresh" onPress={load}>
          Tải dữ liệu mới
        </Button>
        <Button kind="secondary" icon="download" onPress={save}>
          Lưu gói cứu hộ
        </Button>
        <Button kind="secondary" icon="lock" onPress={lock}>
          Khóa màn hình
        </Button>
        <Button kind="danger" icon="sign-out" onPress={signOut}>
          Đăng xuất
        </Button>
      </div>
    </section>
  );
}

function download(blob: Blob, name: string): void {
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(blob);
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
}
