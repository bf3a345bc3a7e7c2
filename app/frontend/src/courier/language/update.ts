/** `make translations`: each sentence of the source stands in the catalogue, what nobody says any more is gone. */
import ts from "typescript";
import type { Catalogue } from "./sentences.ts";
import { readSource } from "./source.ts";

const [FOLDER, CATALOGUE] = ["src/courier", "src/courier/language/en.json"];
const english = JSON.parse(ts.sys.readFile(CATALOGUE) ?? "{}") as Catalogue;
const said = readSource(FOLDER).sentences.sort((one, other) => (one.text < other.text ? -1 : 1));
const entries = said.map(({ text, plural }) => [text, english[text] ?? (plural ? { one: "", other: "" } : "")]);
ts.sys.writeFile(CATALOGUE, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
