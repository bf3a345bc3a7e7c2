import { Fragment, type ComponentChildren } from "preact";

const S10 = /([A-Z]{2}\d{9}[A-Z]{2})/;
const GROUPS = /^[A-Z]{2}|\d{3}|[A-Z]{2}$/g;

/** A line in which each code of an envelope may break between its groups, so that no letter of it stands alone in large type. */
export const coded = (text: string): ComponentChildren =>
  text.split(S10).map((piece, index) => (index % 2 ? <EnvelopeCode key={index} code={piece} /> : piece));

export function EnvelopeCode({ code }: { code: string }) {
  const groups = S10.test(code) ? (code.match(GROUPS) ?? []) : [code];
  return (
    <span class="num code">
      {groups.map((group, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {group}
        </Fragment>
      ))}
    </span>
  );
}
