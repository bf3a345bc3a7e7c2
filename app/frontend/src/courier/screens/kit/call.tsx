import type { ComponentChildren } from "preact";
import { phoneNumber } from "../words";
import { Icon } from "./icon";

interface CallProps {
  phone: string;
  onCall?: () => void;
  children: ComponentChildren;
}

/** Whom it calls, and the number to be read out or typed on another phone. */
export function CallLink({ phone, onCall, children }: CallProps) {
  return (
    <a class="call" href={`tel:${phone}`} onClick={onCall}>
      <Icon name="phone" />
      <span>
        <span class="call__name">{children}</span>
        <span class="call__number">{phoneNumber(phone)}</span>
      </span>
    </a>
  );
}
