import type { ComponentChildren } from "preact";

/* Drawn by hand for these pages, in the lines of the house's icons. The words beneath say the same: nobody has to see them. */
const HOUSE = <path d="M20 84V48l28-22 28 22v36zM40 84V62h16v22" />;
const ENVELOPE = <path d="M32 32h96v56H32zM32 34l48 32 48-32" />;
const PHONE = <path d="M62 12h36v76H62zM74 80h12" />;

export const DRAWINGS: Record<string, ComponentChildren> = {
  "vang-nha": (
    <>
      {HOUSE}
      <path d="M92 84V54M104 84V54M116 84V54M128 84V54M88 60h46M88 78h46" />
      <path class="help__mark" d="M102 62h20v12h-20z" />
    </>
  ),
  "thieu-giay": (
    <>
      <path d="M24 16h40v72H24zM32 34h24M32 46h24M32 58h16" />
      <path class="help__dash" d="M80 16h40v72H80z" />
      <path class="help__mark" d="M94 46a6 6 0 1 1 8 6v6M102 66v1" />
    </>
  ),
  "ai-ky": (
    <>
      <path d="M18 18h38v68H18zM26 32h22M26 42h22M26 52h14" />
      <path d="M84 12h44v76H84zM100 80h12" />
      <path class="help__mark" d="M92 56c8-16 12 12 18-2s6 6 12 0M92 66h28" />
    </>
  ),
  "niem-phong": (
    <>
      {ENVELOPE}
      <circle cx="80" cy="66" r="13" />
      <path class="help__mark" d="M78 52l-5 9 10 5-7 13" />
    </>
  ),
  "het-gio": (
    <>
      <circle cx="58" cy="50" r="34" />
      <path d="M58 50V28" />
      <path class="help__mark" d="M58 50l18 12" />
      <path d="M110 26v48M102 66l8 8 8-8" />
    </>
  ),
  "mat-mang": (
    <>
      {PHONE}
      <path d="M108 40h24v12h-24zM132 43h4v6h-4z" />
      <path class="help__mark" d="M111 43v6M24 40c10-9 20-9 30 0M30 50c6-5 12-5 18 0M20 60l38-30" />
    </>
  ),
  "mat-may": (
    <>
      {PHONE}
      <path d="M72 46h16v16H72z" />
      <path class="help__mark" d="M75 46v-5a5 5 0 0 1 10 0v5M80 52v4" />
    </>
  ),
  "khong-biet-chu": (
    <>
      <circle cx="40" cy="30" r="11" />
      <path d="M20 78c0-30 40-30 40 0" />
      <path d="M78 22h56v62H78zM88 36h36M88 46h36" />
      <path class="help__mark" d="M98 72v-5a8 8 0 0 1 16 0v5M102 74v-6a4 4 0 0 1 8 0v6" />
    </>
  ),
  "tai-nan": (
    <>
      <path d="M34 46a14 14 0 0 1 6-26 22 22 0 0 1 42-2 15 15 0 0 1 12 28z" />
      <path d="M44 56l-4 9M60 56l-4 9M76 56l-4 9" />
      <path class="help__mark" d="M108 64l16-30 16 30zM124 46v8M124 58v1" />
      <path d="M14 78c10-8 18 8 28 0s18 8 28 0 18 8 28 0 18 8 28 0M14 90c10-8 18 8 28 0s18 8 28 0 18 8 28 0 18 8 28 0" />
    </>
  ),
};

export function Picture({ of }: { of: string }) {
  return (
    <svg class="help__picture" viewBox="0 0 160 100" aria-hidden="true" focusable="false">
      {DRAWINGS[of]}
    </svg>
  );
}
