const ASK_MS = 2000;
const SLOWEST_MS = 15000;

interface JobState {
  state: "queued" | "running" | "done" | "failed";
  done?: number;
  total?: number;
  message?: string;
  url?: string;
}

/** Ask `data-src` until the job is done, then go on; a lost line is said and tried again, more and more slowly. */
export function pollProgress(element: HTMLElement): void {
  const poll = async (wait: number): Promise<void> => {
    const job = await ask(element.dataset.src ?? "");
    if (!job) {
      say(element, element.dataset.lost ?? "");
      again(Math.min(wait * 2, SLOWEST_MS));
      return;
    }
    show(element, job);
    if (job.state === "queued" || job.state === "running") again(ASK_MS);
    else finish(job, element.dataset.doneUrl);
  };
  const again = (wait: number): void => {
    window.setTimeout(() => void poll(wait), wait);
  };
  again(ASK_MS / 2);
}

/** A job that failed without a page of its own has said why in its message: stay. */
function finish(job: JobState, doneUrl: string | undefined): void {
  if (job.state === "done") goOn(job.url ?? doneUrl);
  else if (job.url) goOn(job.url);
}

async function ask(url: string): Promise<JobState | undefined> {
  try {
    const answer = await fetch(url, { headers: { accept: "application/json" } });
    return answer.ok ? ((await answer.json()) as JobState) : undefined;
  } catch {
    return undefined;
  }
}

function say(element: HTMLElement, text: string): void {
  const message = element.querySelector(".progress__message");
  // the same words again would be read out again
  if (message && message.textContent !== text) message.textContent = text;
}

function show(element: HTMLElement, job: JobState): void {
  const bar = element.querySelector("progress");
  if (bar && job.total) {
    bar.max = job.total;
    bar.value = job.done ?? 0;
  }
  if (job.message !== undefined) say(element, job.message);
}

function goOn(url: string | undefined): void {
  if (!url) {
    window.location.reload();
    return;
  }
  const target = new URL(url, window.location.href);
  if (target.origin === window.location.origin) window.location.assign(target);
}
