/** The TypeScript in Markdown pages and doc comments. */

import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));

// Of the library and its dependencies, for the next call.
const parsed = new Map<string, ts.SourceFile>();

/** A block of code in a page. */
export interface Snippet {
  /** Page, from the root of the repository. */
  file: string;
  /** Line of the page at which the code begins, from 1. */
  line: number;
  /** The code. */
  code: string;
}

/** All ```` ```ts ```` and ```` ```typescript ```` blocks of a file; in a source file those of its doc comments. */
export function snippetsOf(path: string): Snippet[] {
  const file = relative(root, path);
  const text = readFileSync(path, "utf8");
  const margin = file.endsWith(".md") ? "" : " *\\* ?";
  const block = new RegExp(`^${margin}\`\`\`(?:ts|typescript)\\n(.*?)^${margin}\`\`\`$`, "gms");
  return [...text.matchAll(block)].map((match) => ({
    file,
    line: text.slice(0, match.index).split("\n").length + 1,
    code: match[1].replace(new RegExp(`^${margin}`, "gm"), ""),
  }));
}

/** Whether a snippet is a whole module: it begins with an import, or with a comment that names its file. */
export function isModule(snippet: Snippet): boolean {
  return snippet.code.startsWith("import ") || fileNameOf(snippet) !== undefined;
}

/** The name that a snippet gives its file in its first line, `// walk-env.ts`. */
function fileNameOf({ code }: Snippet): string | undefined {
  return /^\/\/ ([\w-]+\.ts)$/m.exec(code.split("\n", 1)[0])?.[1];
}

/**
 * Compiles snippets against the sources and returns what the compiler says, each with page and line.
 *
 * A snippet that begins with an import is a module. Any other is a fragment: it sees the names of the
 * module before it on the page, as a reader would. A module that names its file can be imported by the others.
 *
 * @param settings further options of the compiler
 */
export function compile(snippets: Snippet[], settings: ts.CompilerOptions = {}): string[] {
  const sources = new Map<string, { code: string; snippet: Snippet; firstLine: number }>();
  let lastModule: Snippet | undefined;
  for (const [i, snippet] of snippets.entries()) {
    if (isModule(snippet)) lastModule = snippet;
    const context = !isModule(snippet) && lastModule?.file === snippet.file ? lastModule.code : "";
    const code = isModule(snippet) ? snippet.code : `${context}{\n${snippet.code}}\nexport {};\n`;
    const firstLine = isModule(snippet) ? 0 : context.split("\n").length;
    sources.set(`${root}${fileNameOf(snippet) ?? `snippet-${i}.ts`}`, { code, snippet, firstLine });
  }
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config,
    ts.sys,
    root,
    { noUnusedLocals: false, verbatimModuleSyntax: false, ...settings },
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.readFile = (name) => sources.get(name)?.code ?? readFile(name);
  host.getSourceFile = (name, ...rest) => {
    const known = parsed.get(name) ?? getSourceFile(name, ...rest);
    if (known && !sources.has(name)) parsed.set(name, known);
    return known;
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources].flatMap(([name, { snippet, firstLine }]) => {
    const source = program.getSourceFile(name);
    return ts.getPreEmitDiagnostics(program, source).map(({ start = 0, messageText }) => {
      const { line } = ts.getLineAndCharacterOfPosition(source as ts.SourceFile, start);
      const text = ts.flattenDiagnosticMessageText(messageText, "\n");
      return `${snippet.file}:${snippet.line + line - firstLine} ${text}`;
    });
  });
}
