/** What the source says, read with TypeScript's own parser: for the catalogue and its test; no part of the app. */
import ts from "typescript";

const MARKS = new Set(["t", "plural", "rich", "forOffice"]);
const NOT_SHOWN = /\.test\.tsx?$|\/engine\/(fixture|testing|typed-code)\.ts$/;
export const VIETNAMESE = /[À-ỹĐđ]/;

export interface Said {
  text: string;
  plural: boolean;
  at: string;
}

export interface Source {
  sentences: Said[];
  loose: string[]; // what is shown and stands in no mark
  lost: string[]; // marks around something that no catalogue can hold
}

const filesUnder = (folder: string): string[] =>
  ts.sys.readDirectory(folder, [".ts", ".tsx"]).filter((path) => !NOT_SHOWN.test(path));

export function readSource(folder: string): Source {
  const source: Source = { sentences: [], loose: [], lost: [] };
  for (const path of filesUnder(folder)) readFile(path, source);
  return source;
}

function readFile(path: string, source: Source): void {
  const file = ts.createSourceFile(path, ts.sys.readFile(path) ?? "", ts.ScriptTarget.Latest, true);
  const where = (node: ts.Node) =>
    `${path.replace(/^.*\/courier\//, "")}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
  const visit = (node: ts.Node): void => {
    const call = callOf(node);
    if (call && MARKS.has(call.mark)) {
      const text = literalOf(call.sentence);
      if (text === null) source.lost.push(`${where(node)}: ${call.sentence.getText()}`);
      else source.sentences.push({ text, plural: call.mark === "plural", at: where(node) });
      call.rest.forEach(visit);
      return;
    }
    const shown = shownBy(node);
    if (shown) source.loose.push(`${where(node)}: ${shown}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
}

function callOf(node: ts.Node): { mark: string; sentence: ts.Expression; rest: ts.Expression[] } | null {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return null;
  const [sentence, ...rest] = node.arguments;
  return sentence ? { mark: node.expression.text, sentence, rest } : null;
}

/** A string, or several that are joined because a line is only so long. */
function literalOf(node: ts.Expression): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return null;
  const [left, right] = [literalOf(node.left), literalOf(node.right)];
  return left === null || right === null ? null : left + right;
}

/** Text between tags, in whatever letters, and each string with a Vietnamese one. */
function shownBy(node: ts.Node): string | null {
  if (ts.isJsxText(node)) return /\p{L}/u.test(node.text) ? node.text.trim() : null;
  const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
  return isText && VIETNAMESE.test(node.text) ? node.text : null;
}
