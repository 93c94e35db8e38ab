import { readdirSync } from "node:fs";
import { join } from "node:path";
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

describe("code in the documentation compiles", () => {
  it("in the pages", () => {
    const pages = [
      join(root, "README.md"),
      ...filesIn("docs", ".md"),
      join(root, "packages/ale-bindings/README.md"),
    ];
    const snippets = pages.flatMap(snippetsOf);
    const withCode = new Set(snippets.map(({ file }) => file));
    expect([...withCode]).toEqual(expect.arrayContaining(["README.md", "docs/ppo.md"]));
    expect(compile(snippets)).toEqual([]);
    expect(compile(snippets, { exactOptionalPropertyTypes: true })).toEqual([]);
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
    ]);
    expect(errors).toEqual([
      expect.stringMatching(/^page\.md:11 Property 'teach' does not exist/),
      expect.stringMatching(/^page\.md:20 .*no exported member 'Nothing'/),
    ]);
  });
});
