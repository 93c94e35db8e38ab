import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compile, isModule, type Snippet, snippetsOf } from "./snippets.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

function filesIn(folder: string, ending: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => name.endsWith(ending) && !name.startsWith("api/"))
    .map((name) => join(root, folder, name));
}

const packagePages = ["ale-bindings", "tfjs-training"].map((name) =>
  join(root, "packages", name, "README.md"),
);
const pages = [join(root, "README.md"), ...filesIn("docs", ".md"), ...packagePages];

describe("code in the documentation compiles", () => {
  it("in the pages", () => {
    const snippets = pages.flatMap(snippetsOf);
    const withCode = new Set(snippets.map(({ file }) => file));
    expect([...withCode]).toEqual(expect.arrayContaining(["README.md", "docs/ppo.md"]));
    expect(compile(snippets)).toEqual([]);
  });

  it("in the pages, under exactOptionalPropertyTypes", () => {
    expect(compile(pages.flatMap(snippetsOf), { exactOptionalPropertyTypes: true })).toEqual([]);
  });

  it("in the doc comments, where an example is a whole program", () => {
    const snippets = filesIn("src", ".ts").flatMap(snippetsOf).filter(isModule);
    expect(snippets.length).toBeGreaterThan(0);
    expect(compile(snippets)).toEqual([]);
    expect(compile(snippets, { exactOptionalPropertyTypes: true })).toEqual([]);
  });

  it("and what does not compile is found, with its page and line", () => {
    const snippet = (line: number, code: string): Snippet => ({ file: "page.md", line, code });
    const errors = compile([
      snippet(
        3,
        'import { PPOTrainer } from "ncps-ts";\nconst trainer = new PPOTrainer({ env: "CartPole-v1" });\n',
      ),
      snippet(10, "await trainer.learn({ totalTimesteps: 10 });\nawait trainer.teach();\n"),
      snippet(20, 'import { Nothing } from "ncps-ts";\nconsole.log(Nothing);\n'),
      snippet(30, "// walk.ts\nexport const steps = 3;\n"),
      snippet(40, 'import { steps, stops } from "./walk.js";\nconsole.log(steps, stops);\n'),
    ]);
    expect(errors).toEqual([
      expect.stringMatching(/^page\.md:11 Property 'teach' does not exist/),
      expect.stringMatching(/^page\.md:20 .*no exported member 'Nothing'/),
      expect.stringMatching(/^page\.md:40 .*no exported member named 'stops'/),
    ]);
  });

  it("in blocks that are called ts and in those that are called typescript", () => {
    const languages = filesIn("docs", ".md").flatMap((page) => {
      const text = readFileSync(page, "utf8");
      const found = [...text.matchAll(/^```(ts|typescript)$/gm)].length;
      return snippetsOf(page).length === found ? [] : [page];
    });
    expect(languages).toEqual([]);
  });

  it("and no page leads to a file that is not there", () => {
    const broken = pages.flatMap((page) => {
      const targets = [...readFileSync(page, "utf8").matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(
        ([, to]) => to,
      );
      const local = targets.filter((to) => !/^(https?:|mailto:)/.test(to));
      return local
        .filter((to) => !existsSync(join(page, "..", to)))
        .map((to) => `${relative(root, page)}: ${to}`);
    });
    expect(broken).toEqual([]);
  });

  it("and every page can be reached from the README", () => {
    const reached = new Set<string>();
    const follow = (page: string) => {
      if (reached.has(page)) return;
      reached.add(page);
      for (const [, to] of readFileSync(page, "utf8").matchAll(/\]\(([^)#\s]+\.md)(?:#[^)]*)?\)/g)) {
        if (!to.includes("://")) follow(join(page, "..", to));
      }
    };
    follow(join(root, "README.md"));
    expect(filesIn("docs", ".md").filter((page) => !reached.has(page))).toEqual([]);
  });

  it("and no page or comment names a path of the repository that is not there", () => {
    const sources = ["src", "packages/ale-bindings/src", "packages/tfjs-training/src"];
    const files = [...pages, ...sources.flatMap((folder) => filesIn(folder, ".ts"))];
    const missing = files.flatMap((file) => {
      const named = readFileSync(file, "utf8").matchAll(
        /`((?:src|test|scripts|bench|examples|packages|docs)\/[\w./-]+\.(?:ts|js|py|md|json))`/g,
      );
      const paths = [...named].map(([, path]) => path);
      return paths
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${relative(root, file)}: ${path}`);
    });
    expect(missing).toEqual([]);
  });
});
