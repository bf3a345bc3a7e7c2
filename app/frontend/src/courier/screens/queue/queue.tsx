import { lock, refreshBundle, rescueZip, signOut, standingCounts, syncNow, useQueue, useSession } from "../../engine";
import { LOCALE } from "../../language/chosen";
import { plural, t } from "../../language/sentences";
import type { Bundle, PhoneClock, Queue, QueuedFile, QueuedOperation } from "../../types";
import { useAge } from "../kit/age";
import { Button, LinkButton } from "../kit/button";
import { LanguageChoice } from "../kit/language";
import { ActionBar, Badge, Empty, Notice, Page } from "../kit/page";
import { lineWords, unsentBecause } from "../line";
import { TO } from "../place";
import { SeeAgain } from "../recorded/here";
import { ago, clock, lasting } from "../time";
import { Refusal, tell } from "../trouble";
import { FILE_KIND, LOCAL_STATE, OPERATION, problemOf } from "../words";
import { NoticesChoice } from "./notices";
import { StorageNotice } from "./storage";

/** However it ends, it ends with a word. */
async function send(): Promise<void> {
  const ended = await syncNow();
  const { waiting, waitingFiles } = await standingCounts();
  const because = unsentBecause(ended, waiting + waitingFiles > 0);
  if (because) throw new Refusal(because);
  if (ended.fault) throw ended.fault;
  tell(t("Bưu cục đã nhận đủ."));
}

/** What this phone still owes the office, in words. */
export function QueueScreen({ bundle }: { bundle: Bundle | null }) {
  const queue = useQueue();
  const help = queue.operations.filter((operation) => operation.state === "needs_help" && !operation.office);
  const office = queue.operations.filter((operation) => operation.office);
  const others = queue.operations.filter((operation) => operation.state !== "needs_help" && !operation.office);
  return (
    <Page title={t("Chờ gửi")} lead={standing(queue)}>
      {queue.signInNeeded && (
        <Notice tone="wait" title={t("Bưu cục cần máy này đăng nhập lại")}>
          <p>{t("Việc đã ghi vẫn nằm an toàn trong máy và vẫn được gửi đi.")}</p>
          <LinkButton href={TO.signIn} kind="secondary" icon="unlock">
            {t("Đăng nhập lại")}
          </LinkButton>
        </Notice>
      )}
      {queue.clock && <WrongClock clock={queue.clock} />}
      {help.length > 0 && <Operations title={t("Cần xem và báo bưu cục")} operations={help} />}
      {office.length > 0 && <Operations title={t("Bưu cục đang xem, không cần làm gì thêm")} operations={office} />}
      {queue.files.length > 0 && <Files files={queue.files} />}
      {others.length > 0 ? (
        <Operations title={t("Đã ghi trên máy này")} operations={others} />
      ) : (
        help.length + office.length === 0 && <Empty title={t("Chưa ghi việc nào trong 7 ngày qua")} />
      )}
      <Tools bundle={bundle} />
      <ActionBar>
        <Button big icon="send" onPress={send}>
          {t("Gửi ngay")}
        </Button>
      </ActionBar>
    </Page>
  );
}

function standing({ waiting, waitingFiles, empty, trouble, lastContact }: Queue): string {
  const left =
    waiting || waitingFiles
      ? t("Còn {waiting} việc, còn {waitingFiles} tệp.", { waiting, waitingFiles })
      : empty
        ? t("Máy này chưa ghi việc nào.")
        : t("Đã gửi hết.");
  const line = trouble ? lineWords(trouble) : "";
  const last = lastContact ? t("Gặp bưu cục lần cuối {ago}.", { ago: ago(lastContact, Date.now()) }) : "";
  return [left, line, last].filter(Boolean).join(" ");
}

function WrongClock({ clock: { offMs, moved } }: { clock: PhoneClock }) {
  const duration = lasting(offMs);
  const off =
    offMs > 0
      ? t("Đồng hồ của máy lệch: nhanh {duration} so với bưu cục", { duration })
      : t("Đồng hồ của máy lệch: chậm {duration} so với bưu cục", { duration });
  return (
    <Notice tone="wait" title={moved ? t("Đồng hồ của máy đã bị vặn lùi") : off}>
      <p>
        {t("Xin chỉnh lại ngày giờ trong phần cài đặt của điện thoại. Việc đã ghi vẫn còn; bưu cục tự tính giờ đúng.")}
      </p>
    </Notice>
  );
}

/** Tells two phones of one model apart, here and on the coordinator's page (app/queries/visits/phones.py). */
const shortId = ({ id }: { id: string }): string => id.slice(-4).toUpperCase();

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
      {operations.length > MOST && <p class="muted">{plural("và {count} việc trước đó", operations.length - MOST)}</p>}
    </section>
  );
}

const AT_THE_OFFICE = { words: t("Bưu cục đang xem"), tone: "info" } as const;

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
      <span class="muted">{t("Việc số {seq} · lúc {time}", { seq: operation.seq, time: clock(operation.since) })}</span>
      {reasons.map((reason) => (
        <p key={reason}>{reason}</p>
      ))}
      <SeeAgain opId={operation.op_id} />
    </li>
  );
}

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024).toLocaleString(LOCALE)} kB`;

function Files({ files }: { files: QueuedFile[] }) {
  return (
    <section class="section">
      <h2 class="section__title">{plural("Còn {count} tệp", files.length)}</h2>
      <ul class="rows">
        {files.slice(0, 20).map((file) => (
          <li class="rows__row" key={file.sha256}>
            <span>{FILE_KIND[file.kind]}</span>
            <span class="muted">
              {t("{sent} trên {size}", { sent: kilobytes(file.sent), size: kilobytes(file.size) })}
            </span>
            {file.problem && <p>{problemOf(file.problem)}</p>}
          </li>
        ))}
      </ul>
      {files.length > 20 && <p class="muted">{plural("và {count} tệp nữa", files.length - 20)}</p>}
    </section>
  );
}

function Tools({ bundle }: { bundle: Bundle | null }) {
  const session = useSession();
  const age = useAge(bundle);
  const save = async () => {
    download(await rescueZip(), `tan-nha-cuu-ho-${Date.now()}.zip`);
    tell(t("Đã lưu gói cứu hộ. Gói được niêm phong: chỉ bưu cục mở được."));
  };
  const load = async () => {
    await refreshBundle();
    tell(t("Đã tải dữ liệu mới."));
  };
  return (
    <section class="section">
      <h2 class="section__title">{t("Máy này")}</h2>
      <p class="muted">
        {session.courier?.name}
        {session.device && t(". Số máy {id}", { id: shortId(session.device) })}
        {bundle && t(". Dữ liệu lúc {time}, {age}", { time: clock(bundle.made_at), age })}
      </p>
      <StorageNotice full={useQueue().full} />
      <NoticesChoice />
      <LanguageChoice />
      <div class="tools tools--wide">
        <Button kind="secondary" icon="refresh" onPress={load}>
          {t("Tải dữ liệu mới")}
        </Button>
        <Button kind="secondary" icon="download" onPress={save}>
          {t("Lưu gói cứu hộ")}
        </Button>
        <Button kind="secondary" icon="lock" onPress={lock}>
          {t("Khóa màn hình")}
        </Button>
        <Button kind="danger" icon="sign-out" onPress={signOut}>
          {t("Đăng xuất")}
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
