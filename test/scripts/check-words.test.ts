import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkedFiles, findWords } from "../../scripts/check-words.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "check-words-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}

// Runs the script as `npm run lint` does; gives its exit code and what it printed.
function run(): [code: number, printed: string] {
  try {
    execFileSync(process.execPath, [resolve("scripts/check-words.js")], { cwd: root, stdio: "pipe" });
    return [0, ""];
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: Buffer };
    return [status, stderr.toString()];
  }
}

describe("findWords", () => {
  it("finds listed words in prose and in identifiers, with their lines and suggestions", () => {
    expect(findWords("begins anew\n\nconst beginMemoryAnew = optionsOfTheirTime;")).toEqual([
      { line: 1, word: "anew", suggestion: expect.stringContaining("fresh") },
      { line: 3, word: "yAnew", suggestion: expect.stringContaining("fresh") },
      { line: 3, word: "OfTheirTime", suggestion: "of that version" },
    ]);
  });

  it.each([
    "Figure 2 of the paper",
    "configure, figure",
    "are told apart by their keys",
    "the BlindCliffWalk environment",
    "where the invader stands",
    "conductance",
    "MANEW",
    "notice shall be included",
  ])("accepts %j", (text) => expect(findWords(text)).toEqual([]));

  it.each([
    "the figures",
    "ProgressFigures",
    "is told how",
    "cannot stand beside",
    "lastWords",
    "Last words",
    "ON_THE_SPOT",
  ])("finds %j", (text) => expect(findWords(text)).not.toEqual([]));
});

describe("checkedFiles", () => {
  it("covers sources, tests, examples, docs and packages, without generated files, fixtures and the changelog", () => {
    const checked = [
      "README.md",
      "docs/ppo.md",
      "packages/tool/src/a.ts",
      "scripts/a.js",
      "src/a/b.ts",
      "test/a.test.ts",
    ];
    const skipped = [
      "CHANGELOG.md",
      "docs/api/a.md",
      "node_modules/a/a.js",
      "packages/tool/dist/a.js",
      "packages/tool/CHANGELOG.md",
      "src/node/dashboard/page-html.ts",
      "src/a.json",
      "test/fixtures/a.ts",
    ];
    for (const name of [...checked, ...skipped]) write(name, "");
    expect(checkedFiles(root).map((path) => relative(root, path).replaceAll("\\", "/"))).toEqual(checked);
  });
});

describe("the script", () => {
  it("prints file, line, word and suggestion and exits with 1 when a listed word is found", () => {
    write("src/a.ts", "// fine\n// in vain\n");
    write("README.md", "figures\n");
    expect(run()).toEqual([
      1,
      "README.md:1: figures -> metrics, values, numbers\nsrc/a.ts:2: vain -> failed, without success\n",
    ]);
  });

  it("prints nothing and exits with 0 when no listed word is found", () => {
    write("src/a.ts", "// fine\n");
    expect(run()).toEqual([0, ""]);
  });
});
