import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icon";

type Tone = "info" | "good" | "wait" | "bad" | "neutral";
const GLYPH: Record<Tone, string> = {
  neutral: "circle",
  info: "arrow-right",
  good: "check",
  wait: "clock",
  bad: "alert",
};
const NOTICE_GLYPH: Record<Tone, string> = { ...GLYPH, info: "info" };

interface PageProps {
  title: string;
  lead?: string | undefined;
  back?: { to: string; label: string } | undefined;
  children: ComponentChildren;
}

/** A screen: its heading takes the focus when it opens, so that a reader hears where they are. */
export function Page({ title, lead, back, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Tận Nhà`;
    window.scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <main class="main" id="main">
      {back && (
        <p class="back">
          <a href={back.to}>
            <Icon name="arrow-left" />
            {back.label}
          </a>
        </p>
      )}
      <header class="heading">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead && <p class="muted">{lead}</p>}
      </header>
      {children}
    </main>
  );
}

export function Card({ title, tone, children }: { title?: string; tone?: string; children: ComponentChildren }) {
  return (
    <section class={tone ? `card card--${tone}` : "card"}>
      {title && <h2 class="card__title">{title}</h2>}
      {children}
    </section>
  );
}

export function Notice({
  title,
  tone = "info",
  children,
}: {
  title?: string;
  tone?: Tone;
  children?: ComponentChildren;
}) {
  return (
    <div class={`notice notice--${tone}`}>
      <span class="notice__icon">
        <Icon name={NOTICE_GLYPH[tone]} />
      </span>
      <div class="notice__body">
        {title && <p class="notice__title">{title}</p>}
        {children}
      </div>
    </div>
  );
}

export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ComponentChildren }) {
  return (
    <span class={`badge badge--${tone}`}>
      <Icon name={GLYPH[tone]} />
      <span>{children}</span>
    </span>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty__title">{title}</p>
      {children}
    </div>
  );
}

/** The next action, where the thumb is. */
export function ActionBar({ row, children }: { row?: boolean; children: ComponentChildren }) {
  return <div class={row ? "action-bar action-bar--row" : "action-bar"}>{children}</div>;
}
