import { expect, test } from "vitest";
import { checkS10, checkSeal, splitCodes } from "./codes";
import typed from "./typed-codes.json";

test("a code is read as it is written, printed, scanned or typed under a Vietnamese keyboard", () => {
  for (const { given, is } of typed.s10) expect([given, checkS10(given)]).toEqual([given, is]);
});

test("a seal is never guessed from a letter with marks", () => {
  for (const { given, is } of typed.seal) expect([given, checkSeal(given)]).toEqual([given, is]);
});

test("many codes are told apart, also where each has blanks of its own", () => {
  for (const { given, is } of typed.many) expect([given, splitCodes(given)]).toEqual([given, is]);
});
