/**
 * Looks for words that this project once used in a sense of its own where the field has a common word: prints
 * `file:line: word -> suggestion` for each and exits with 1. Part of `npm run lint`.
 *
 * `node scripts/check-words.js [file...]` checks these files, by default those of the project in the working directory.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * `[pattern, suggestion]`. A word that is also good English is listed only in the phrases in which it is not.
 * @type {[RegExp, string][]}
 */
export const WORDS = [
  [/\b[Aa]new\b|[a-z]Anew\b/g, "again, from scratch, fresh"],
  [/\bat last\b/gi, "finally"],
  [/\bbeside\b/gi, "in addition to, next to, and, with"],
  [/\bblind\b(?! ?cliff)/gi, "random, without looking"],
  [/\bbreathe?(?:s|ing)?\b/gi, "yield to the event loop"],
  [/\battended\b/g, "run"],
  [/\bfigures\b|[a-z]Figures?\b/g, "metrics, values, numbers"],
  [/\bgiven again\b/gi, "passed again"],
  [/\bhears?\b(?! back)|\bheard of\b/gi, "is called with, receives"],
  [/\bheed(?:s|ed|ing)?\b/gi, "use, take into account"],
  [/\b(?:isLoss|tellLoss)\b/g, "isWorkerFailure, reportFailure"],
  [/\bknows? of\b/gi, "knows, covers, refers to"],
  [/\blast ?words\b/gi, "shutdown error"],
  [/\blength of (?:the|a) gradient\b/gi, "gradient norm"],
  [/\blooked at\b/gi, "checked, viewed"],
  [/\bmeanwhile\b/gi, "in the meantime, while ..."],
  [/\bmend(?:s|ed|ing)?\b/gi, "fix, repair, recover"],
  [/\bnaps?\b/gi, "pause, poll interval"],
  [/\bof (?:its|their) own\b/gi, "own, separate"],
  [/\b(?:of|in) (?:its|their) time\b|OfTheirTime\b/g, "of that version"],
  [/\bon[ _]?the[ _]?spot\b/gi, "spin, block"],
  [/\bpatience\b/gi, "timeout"],
  [/\bshall\b(?! be included)/g, "should, is to, will"],
  [/\bsigns? of life\b/gi, "heartbeat"],
  [/\bso many\b/gi, "this many, a number of, at least `n`"],
  [/\bstands? (?:around|above|in (?:quotes|that|the|which))\b|\bwhat(?:ever)? stands\b/gi, "is"],
  [/\b(?:can|cannot) stand\b/gi, "be combined, be used"],
  [/\bstep sizes?\b/gi, "learning rate"],
  [/\btaken up\b/gi, "resumed"],
  [/\btells? (?:of|nothing)\b|\btold of\b/gi, "reports"],
  [/\b(?:is|are|be|been|was|were) told\b(?! (?:apart|from))/gi, "is called with, receives"],
  // In saved states it is a key.
  [/(?<![./"])\buntold\b(?![:"/])/gi, "pending, not reported"],
  [/\bvain\b/gi, "failed, without success"],
  [/\bwholly\b/gi, "completely, atomically"],
];

/** Where words are looked for, relative to the project. */
const PLACES = ["README.md", "bench", "docs", "examples", "packages", "scripts", "src", "test"];
/** What nobody here wrote, or wrote down as it was: generated files, recordings, and the words themselves. */
const SKIPPED =
  /(?:^|\/)(?:node_modules|dist|lib|fixtures|coverage|docs\/api|kernel-binaries\.ts|page-html\.ts|tfjs-wasm-binary\.ts|CHANGELOG\.md|scripts\/check-words\.(?:js|test\.ts))(?:\/|$)|^packages\/[^/]+\/(?!src(?:\/|$))[^/]+/;
const TEXT = /\.(?:[cm]?[jt]s|md|py|html|css|vue)$/;

/**
 * What is found in one text.
 * @param {string} text
 * @returns {{line: number, word: string, suggestion: string}[]}
 */
export function findWords(text) {
  return text
    .split("\n")
    .flatMap((content, i) =>
      WORDS.flatMap(([pattern, suggestion]) =>
        [...content.matchAll(pattern)].map(([word]) => ({ line: i + 1, word, suggestion })),
      ),
    );
}

function filesIn(root, path) {
  const name = relative(root, path).split(sep).join("/");
  if (SKIPPED.test(name)) return [];
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return readdirSync(path).flatMap((entry) => filesIn(root, join(path, entry)));
  return found?.isFile() && TEXT.test(name) ? [path] : [];
}

/**
 * The files that are checked by default.
 * @param {string} root folder of the project
 * @returns {string[]}
 */
export function checkedFiles(root) {
  return PLACES.flatMap((place) => filesIn(root, join(root, place)));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const files = process.argv.length > 2 ? process.argv.slice(2) : checkedFiles(process.cwd());
  for (const file of files)
    for (const { line, word, suggestion } of findWords(readFileSync(file, "utf8"))) {
      console.error(`${relative(process.cwd(), file)}:${line}: ${word} -> ${suggestion}`);
      process.exitCode = 1;
    }
}
