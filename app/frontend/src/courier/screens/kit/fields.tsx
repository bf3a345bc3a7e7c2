import type { ComponentChildren, InputHTMLAttributes } from "preact";
import { useId } from "preact/hooks";
import { t } from "../../language/sentences";
import { coded } from "./coded";
import { Icon } from "./icon";

interface Frame {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
}

export function Problem({ id, text }: { id?: string; text: string }) {
  return (
    <p class="field__error" id={id} role="alert">
      <Icon name="alert" />
      <span>{text}</span>
    </p>
  );
}

export interface TextProps extends Frame {
  value: string;
  onInput: (text: string) => void;
  onEnter?: () => void;
  optional?: boolean;
  type?: "text" | "password" | "tel";
  mode?: "text" | "numeric" | "decimal";
  width?: "s" | "m" | "code";
  capitals?: boolean;
  most?: number;
  complete?: string;
  children?: ComponentChildren;
}

function attributes({ type = "text", mode, capitals, most, complete = "off", width }: TextProps) {
  const given = {
    type,
    inputMode: mode,
    ...(capitals && { autocapitalize: "characters" as const }),
    maxLength: most,
    autocomplete: complete,
    class: width ? `input input--${width}` : "input",
    spellcheck: false,
  };
  return given as InputHTMLAttributes;
}

function pressed(event: KeyboardEvent, onEnter: (() => void) | undefined): void {
  if (event.key !== "Enter" || !onEnter) return;
  event.preventDefault();
  onEnter();
}

export function TextField(props: TextProps) {
  const { label, hint, error, value, onInput, onEnter, optional, children } = props;
  const id = useId();
  const told = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class={error ? "field has-error" : "field"}>
      <label class="field__label" for={id}>
        {label}
        {optional && <span class="field__optional"> {t("(không bắt buộc)")}</span>}
      </label>
      {hint && (
        <p class="field__hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && <Problem id={`${id}-error`} text={error} />}
      <div class="field__row">
        <input
          {...attributes(props)}
          id={id}
          value={value}
          aria-invalid={Boolean(error)}
          aria-describedby={told || undefined}
          onInput={(event) => onInput(event.currentTarget.value)}
          onKeyDown={(event) => pressed(event, onEnter)}
        />
        {children}
      </div>
    </div>
  );
}

export interface Option {
  value: string;
  label: string;
  hint?: string;
}

interface ChoiceProps extends Frame {
  options: Option[];
  columns?: 1 | 2 | 3;
}

export function Choice(props: ChoiceProps & { value: string; onChoose: (value: string) => void }) {
  return <OptionList {...props} type="radio" chosen={[props.value]} onToggle={(value) => props.onChoose(value)} />;
}

export function Many(props: ChoiceProps & { chosen: string[]; onChoose: (chosen: string[]) => void }) {
  const { chosen, onChoose } = props;
  const toggle = (value: string) =>
    onChoose(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return <OptionList {...props} type="checkbox" onToggle={toggle} />;
}

type ListProps = ChoiceProps & { type: "radio" | "checkbox"; chosen: string[]; onToggle: (value: string) => void };

function OptionList({ label, hint, error, options, columns = 1, type, chosen, onToggle }: ListProps) {
  const id = useId();
  return (
    <fieldset class={error ? "field has-error" : "field"} aria-describedby={error ? `${id}-error` : undefined}>
      <legend class="field__label">{label}</legend>
      {hint && <p class="field__hint">{hint}</p>}
      {error && <Problem id={`${id}-error`} text={error} />}
      <div class={`choice__cards choice__cards--now-${columns}`}>
        {options.map((option) => (
          <div class="choice__card" key={option.value}>
            <input
              type={type}
              id={`${id}-${option.value}`}
              name={id}
              value={option.value}
              checked={chosen.includes(option.value)}
              onChange={() => onToggle(option.value)}
            />
            <label for={`${id}-${option.value}`}>
              <span class="choice__text">
                <span class="choice__label">{coded(option.label)}</span>
                {option.hint && <span class="choice__hint">{coded(option.hint)}</span>}
              </span>
            </label>
          </div>
        ))}
      </div>
    </fieldset>
  );
}

export function Tick(props: Frame & { checked: boolean; onTick: (checked: boolean) => void }) {
  const { label, hint, error, checked, onTick } = props;
  const id = useId();
  return (
    <div class={error ? "field has-error" : "field"}>
      {error && <Problem id={`${id}-error`} text={error} />}
      <div class="choice__card">
        <input
          type="checkbox"
          id={id}
          checked={checked}
          aria-describedby={error ? `${id}-error` : undefined}
          onChange={(event) => onTick(event.currentTarget.checked)}
        />
        <label for={id}>
          <span class="choice__text">
            <span class="choice__label">{label}</span>
            {hint && <span class="choice__hint">{hint}</span>}
          </span>
        </label>
      </div>
    </div>
  );
}
