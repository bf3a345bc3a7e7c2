import { describe, expect, it } from "vitest";
import english from "./en.json";
import { NAMES } from "./chosen";
import type { Catalogue } from "./sentences";
import { readSource, VIETNAMESE } from "./source";

const source = readSource("src/courier");
const entries = Object.entries(english as Catalogue);
const sentences = new Set(source.sentences.map(({ text }) => text));

/** Names, the currency, and what the screen shows as the office wrote it: labels of outcomes, in quotation marks. */
const KEPT = ["Tận Nhà", "(đồng)", NAMES.vi, /“[^”]*” \([a-z ]+\)/g];
const NAMED = new RegExp(`: (${NAMES.vi}| đ| · Tận Nhà)$`); // in every language

const formsOf = (said: Catalogue[string]): string[] => (typeof said === "string" ? [said] : Object.values(said));
const placesOf = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();
const withoutKept = (text: string): string => KEPT.reduce<string>((left, kept) => left.replaceAll(kept, ""), text);

describe("the catalogue", () => {
  it("has the English of every sentence that the app says", () => {
    expect([...sentences].filter((text) => !(text in english))).toEqual([]);
    expect(entries.filter(([, said]) => formsOf(said).includes("")).map(([text]) => text)).toEqual([]);
  });

  it("has no sentence that nobody says", () => {
    expect(entries.map(([text]) => text).filter((text) => !sentences.has(text))).toEqual([]);
  });

  it("fills the same places in each form", () => {
    const differing = entries.filter(([text, said]) =>
      formsOf(said).some((form) => String(placesOf(form)) !== String(placesOf(text))),
    );
    expect(differing).toEqual([]);
  });

  it("tells one from many where something is counted, and nowhere else", () => {
    const counted = new Set(source.sentences.filter(({ plural }) => plural).map(({ text }) => text));
    const forms = (text: string) => (counted.has(text) ? ["one", "other"] : "a sentence");
    expect(entries.map(([, said]) => (typeof said === "string" ? "a sentence" : Object.keys(said)))).toEqual(
      entries.map(([text]) => forms(text)),
    );
  });

  it("is English", () => {
    const said = entries.flatMap(([, forms]) => formsOf(forms));
    expect(said.filter((form) => VIETNAMESE.test(withoutKept(form)))).toEqual([]);
  });
});

describe("the source", () => {
  it("shows nothing that stands outside the catalogue", () => {
    expect(source.loose.filter((place) => !NAMED.test(place))).toEqual([]);
  });

  it("marks sentences that can be read off it, and no computed ones", () => {
    expect(source.lost).toEqual([]);
  });
});
