/**
 * Runs one benchmark of this folder: `npm run bench -- NAME [arguments]`; without a name it lists them.
 * Prints a table and, as the last line, one JSON object with the metrics and the machine.
 * Exit codes: 0 done, 1 the benchmark failed, 2 unknown name.
 */

import { readdirSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The function that every benchmark file exports as `run`. */
export type Benchmark = (args: string[]) => Promise<BenchmarkResult>;

/** Result of a {@link Benchmark}. */
export interface BenchmarkResult {
  /** The table, one object per row; columns in the order of the first row's keys. */
  rows: Record<string, string | number>[];
  /** Named numbers for the last line, e.g. to compare two machines or versions. */
  metrics: Record<string, number>;
}

/** Exit codes of this command. */
export const exitCodes = { done: 0, failed: 1, unknownName: 2 } as const;

const folder = fileURLToPath(new URL(".", import.meta.url));

/** Names of the benchmarks: files of this folder except helpers. */
export function benchmarkNames(): string[] {
  return readdirSync(folder)
    .filter(
      (file) =>
        file.endsWith(".ts") && !file.startsWith(".") && file !== basename(fileURLToPath(import.meta.url)),
    )
    .map((file) => basename(file, ".ts"))
    .sort();
}

/** Formats rows as columns: text to the left, numbers to the right. */
export function formatTable(rows: Record<string, string | number>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? "")))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i].length)));
  const numeric = columns.map((column) => rows.some((row) => typeof row[column] === "number"));
  const layOut = (line: string[]) =>
    line
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd();
  return [
    layOut(cells[0]),
    widths.map((width) => "-".repeat(width)).join("  "),
    ...cells.slice(1).map(layOut),
  ].join("\n");
}

/** Runs the command; returns the exit code. */
export async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  const names = benchmarkNames();
  if (name === undefined) {
    console.log(`usage: npm run bench -- NAME [arguments]\nbenchmarks: ${names.join(", ")}`);
    return exitCodes.done;
  }
  if (!names.includes(name)) {
    console.error(`no benchmark is named "${name}". Benchmarks: ${names.join(", ")}`);
    return exitCodes.unknownName;
  }
  try {
    const { run } = (await import(pathToFileURL(`${folder}${name}.ts`).href)) as { run: Benchmark };
    const { rows, metrics } = await run(rest);
    console.log(formatTable(rows));
    const machine = {
      node: process.versions.node,
      cpu: cpus()[0]?.model.trim(),
      cores: availableParallelism(),
    };
    console.log(JSON.stringify({ bench: name, ...machine, ...metrics }));
    return exitCodes.done;
  } catch (error) {
    console.error(`benchmark "${name}" failed:`, error);
    return exitCodes.failed;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
