import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const packages = { "ncps-ts": ".", "tfjs-training": "packages/tfjs-training" };

/** Source file of each entry. */
function entriesOf(name: keyof typeof packages): Map<string, string> {
  const folder = join(root, packages[name]);
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    exports: Record<string, { import?: { default: string } }>;
  };
  return new Map(
    Object.entries(exports).flatMap(([path, conditions]) =>
      conditions.import
        ? [
            [
              name + path.slice(1),
              join(folder, conditions.import.default.replace(/^\.\/dist\/(.*)\.js$/, "src/$1.ts")),
            ],
          ]
        : [],
    ),
  );
}

describe("the entries", () => {
  const entries = new Map([...entriesOf("ncps-ts"), ...entriesOf("tfjs-training")]);
  const names = new Map<string, string[]>();

  beforeAll(() => {
    const { options } = ts.parseJsonConfigFileContent(
      ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config,
      ts.sys,
      root,
    );
    const program = ts.createProgram([...entries.values()], options);
    const checker = program.getTypeChecker();
    for (const [entry, file] of entries) {
      const source = program.getSourceFile(file) as ts.SourceFile;
      const symbol = checker.getSymbolAtLocation(source) as ts.Symbol;
      const found = checker.getExportsOfModule(symbol).map((each) => {
        const meant = each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each;
        return meant.flags & ts.SymbolFlags.Value ? each.name : `type ${each.name}`;
      });
      names.set(entry, found.sort());
    }
  }, 180_000);

  it("export the names of the list, and no others", async () => {
    const lines = [...names].flatMap(([entry, found]) => [
      `${entry}:`,
      ...found.map((name) => `  ${name}`),
      "",
    ]);
    await expect(lines.join("\n")).toMatchFileSnapshot("entries.txt");
  });

  it("have each name once: in one room, and perhaps in the root", () => {
    const homes = new Map<string, string[]>();
    for (const [entry, found] of names) {
      if (!entry.startsWith("ncps-ts/")) continue;
      for (const name of found) homes.set(name, [...(homes.get(name) ?? []), entry]);
    }
    expect([...homes].filter(([, rooms]) => rooms.length > 1)).toEqual([]);
    expect(names.get("ncps-ts")?.filter((name) => !homes.has(name))).toEqual([]);
  });

  it("leave the root small", () => {
    expect(names.get("ncps-ts")?.length).toBeLessThanOrEqual(90);
  });
});
