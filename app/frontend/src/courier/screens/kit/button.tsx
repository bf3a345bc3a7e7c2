import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { hush, say } from "../trouble";
import { Icon } from "./icon";

type Kind = "primary" | "secondary" | "quiet" | "danger";

interface Look {
  kind?: Kind;
  big?: boolean;
  icon?: string;
  children: ComponentChildren;
}

interface ButtonProps extends Look {
  onPress: () => unknown;
  label?: string | undefined;
  disabled?: boolean;
  submit?: boolean; // Enter in a field of the form presses it
}

function classes({ kind = "primary", big }: Look): string {
  return `button button--${kind}${big ? " button--big" : ""}`;
}

function Face({ icon, children }: Look) {
  return (
    <>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </>
  );
}

/** A button that waits for what it started, and says aloud what went wrong. */
export function Button(props: ButtonProps) {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    if (busy) return;
    setBusy(true);
    hush();
    try {
      await props.onPress();
    } catch (error) {
      say(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <button
      type={props.submit ? "submit" : "button"}
      class={classes(props)}
      aria-label={props.label}
      aria-busy={busy}
      disabled={props.disabled}
      onClick={() => void press()}
    >
      <Face {...props} />
    </button>
  );
}

export function LinkButton(props: Look & { href: string }) {
  return (
    <a class={classes(props)} href={props.href}>
      <Face {...props} />
    </a>
  );
}
