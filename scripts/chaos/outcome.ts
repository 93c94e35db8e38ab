/** The contents of a finished run's folder, without what depends on the clock. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Everything that must not depend on kills. */
export interface Outcome {
  /** Entries of the folder, including hidden ones; event files as one, without those of earlier starts. */
  entries: string[];
  /** Entries of the folder of checkpoints, including hidden ones. */
  checkpoints: string[];
  /** Names of checkpoints that the last checkpoint lists. */
  kept: string[];
  /** Manifest of the last checkpoint, as text. */
  manifest: string;
  /** Arrays of the last checkpoint. */
  arrays: Buffer;
  /** Rows of both logs. */
  rows: string[];
  /** Rows moved to `earlier-*`, of each earlier start. */
  earlier: string[][];
}

/** Reads a finished run. */
export function readOutcome(folder: string): Outcome {
  const entries = readdirSync(folder);
  const checkpoints = readdirSync(join(folder, "checkpoints")).sort();
  const last = join(folder, "checkpoints", checkpoints[checkpoints.length - 1]);
  const manifest = JSON.parse(readFileSync(join(last, "manifest.json"), "utf8"));
  const { saved } = manifest.state.run.callbacks.checkpoint;
  const known = entries.filter((name) => !/^earlier-\d+$/.test(name));
  return {
    entries: [...new Set(known.map((name) => name.replace(/tfevents.*/, "tfevents")))].sort(),
    checkpoints,
    kept: saved.map((each: { name: string }) => each.name).sort(),
    manifest: JSON.stringify(manifest, withoutClocks, 1),
    arrays: readFileSync(join(last, "state.safetensors")),
    rows: rowsOf(folder),
    earlier: entries.filter((name) => !known.includes(name)).map((name) => rowsOf(join(folder, name))),
  };
}

/** Differences from the outcome of the uninterrupted run, as text; empty when there are none. */
export function differences(whole: Outcome, other: Outcome, byTime: boolean): string[] {
  const found: string[] = [];
  const compare = (what: string, a: readonly string[], b: readonly string[]) => {
    const at = a.findIndex((line, i) => line !== b[i]);
    if (at >= 0 || b.length > a.length) {
      const place = at >= 0 ? at : a.length;
      found.push(`${what}: ${b[place] ?? "nothing"} instead of ${a[place] ?? "nothing"} at ${place}`);
    }
  };
  compare("files", whole.entries, other.entries);
  compare("rows of the logs", whole.rows, other.rows);
  if (!whole.arrays.equals(other.arrays)) found.push("weights or other arrays of the state");
  compare("checkpoints, and what the last one knows", other.kept, other.checkpoints);
  // By time, the number of checkpoints is random.
  if (!byTime) {
    compare("checkpoints", whole.checkpoints, other.checkpoints);
    compare("state", whole.manifest.split("\n"), other.manifest.split("\n"));
  }
  // Columns added later are missing in a log of an earlier start.
  const firstColumns = whole.rows.map((row) => row.replace(/,+$/, ""));
  for (const rows of other.earlier) {
    const wrong = rows.find((row) => !firstColumns.includes(row.replace(/,+$/, "")));
    if (wrong !== undefined) found.push(`a row that was set aside is another one: ${wrong}`);
  }
  return found;
}

function rowsOf(folder: string): string[] {
  const read = (file: string) => {
    try {
      return readFileSync(join(folder, file), "utf8").trim().split("\n");
    } catch {
      return [];
    }
  };
  const [header = "", ...rows] = read("progress.csv");
  const kept = header.split(",").map((key) => !/^time\/(fps|batches_per_second|time_elapsed)$/.test(key));
  const csv = rows.map((row) =>
    row
      .split(",")
      .filter((_, i) => kept[i])
      .join(","),
  );
  const json = read("progress.jsonl").map((line) => JSON.stringify(JSON.parse(line), withoutClocks));
  return [...csv, ...json];
}

// And without the checkpoints to be removed: a run that is killed when all is done saves once more.
function withoutClocks(key: string, value: unknown): unknown {
  const ignored = [
    "created",
    "sha256",
    "spent",
    "forgotten",
    "time/fps",
    "time/batches_per_second",
    "time/time_elapsed",
  ];
  return ignored.includes(key) ? undefined : value;
}
