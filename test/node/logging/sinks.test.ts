import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pythonPath } from "ale-bindings";
import { afterAll, describe, expect, it } from "vitest";
import { LoggingError } from "../../../src/core/errors.js";
import { Logger } from "../../../src/logging/index.js";
import { CsvSink } from "../../../src/node/logging/csv-sink.js";
import { JsonLinesSink } from "../../../src/node/logging/json-lines-sink.js";
import { TensorBoardSink } from "../../../src/node/logging/tensorboard-sink.js";

const folder = mkdtempSync(join(tmpdir(), "sinks-"));
afterAll(() => rmSync(folder, { recursive: true }));
const text = (file: string) => readFileSync(join(folder, file), "utf8");

describe("CsvSink", () => {
  it("adds columns when new keys appear, and continues a file", () => {
    const sink = new CsvSink(join(folder, "a/progress.csv"));
    sink.write({ "train/loss": 0.5 }, 1);
    sink.write({ "train/loss": Number.NaN, 'odd,"key"': Number.POSITIVE_INFINITY }, 2);
    sink.close();
    const next = new CsvSink(join(folder, "a/progress.csv"));
    next.write({ 'odd,"key"': Number.NEGATIVE_INFINITY }, 3);
    next.close();
    expect(text("a/progress.csv")).toBe('step,train/loss,"odd,""key"""\n1,0.5,\n2,nan,inf\n3,,-inf\n');
  });

  it("truncates to the rows of a saved state, also after columns were added", () => {
    const path = join(folder, "b.csv");
    const sink = new CsvSink(path);
    sink.write({ a: 1 }, 1);
    const state = sink.getState();
    sink.write({ a: 2, b: 3 }, 2);
    sink.write({ a: 4, b: 5 }, 3);
    sink.close();
    const resumed = new CsvSink(path);
    resumed.setState(state);
    resumed.write({ a: 2, b: 3 }, 2);
    expect(text("b.csv")).toBe("step,a,b\n1,1,\n2,2,3\n");
  });

  it("writes each row as a line, whatever the keys, and reads its columns back", () => {
    const path = join(folder, "keys.csv");
    for (const step of [1, 2]) {
      const sink = new CsvSink(path);
      sink.write({ "": step, "two\nlines": step, toString: step }, step);
      sink.close();
    }
    const other = new CsvSink(path);
    other.write({ a: 1 }, 3);
    expect(text("keys.csv")).toBe('step,"",two lines,toString,a\n1,1,1,1,\n2,2,2,2,\n3,,,,1\n');
  });

  it("drops a line that a killed process left unfinished", () => {
    writeFileSync(join(folder, "c.csv"), "step,a\n1,1\n2,");
    const sink = new CsvSink(join(folder, "c.csv"));
    sink.write({ a: 2 }, 2);
    expect(text("c.csv")).toBe("step,a\n1,1\n2,2\n");
  });

  it("names the log that cannot be written", () => {
    writeFileSync(join(folder, "file"), "");
    const open = () => new CsvSink(join(folder, "file/progress.csv")).write({ a: 1 }, 1);
    expect(open).toThrow(LoggingError);
    expect(open).toThrow(/file\/progress\.csv/);
  });
});

describe("a log that a resumed run continues", () => {
  const told: string[] = [];
  const warn = (text: string) => told.push(text);

  it("warns of missing rows, and of lines that are not rows", () => {
    const [csv, jsonl] = [join(folder, "less.csv"), join(folder, "less.jsonl")];
    writeFileSync(csv, "step,a\n1,1\n\0\0\0\n");
    writeFileSync(jsonl, '{"step":1,"a":1}\n{"st\n');
    for (const sink of [new CsvSink(csv, { warn }), new JsonLinesSink(jsonl, { warn })]) {
      told.length = 0;
      sink.setState({ rows: 4 });
      expect(told).toEqual([
        expect.stringMatching(/has 2 rows, and the checkpoint has 4.*2 rows are lost/),
        expect.stringMatching(/holds 1 lines that are not rows, the first of them line [23]/),
      ]);
    }
    expect(text("less.csv")).toBe("step,a\n1,1\n\0\0\0\n");
  });

  it("does not warn about an intact log, or about lines that are removed anyway", () => {
    told.length = 0;
    const path = join(folder, "whole.csv");
    writeFileSync(path, "step,a\n1,nan\n2,\ngarbage\n");
    const sink = new CsvSink(path, { warn });
    sink.setState({ rows: 2 });
    expect(told).toEqual([]);
    expect(text("whole.csv")).toBe("step,a\n1,nan\n2,\n");
    expect(() => sink.setState({ rows: "2" })).toThrow(LoggingError);
  });

  it("must not be another file", () => {
    writeFileSync(join(folder, "thesis.csv"), "chapter,pages\n1,20\n2,");
    expect(() => new CsvSink(join(folder, "thesis.csv"))).toThrow(/it is another file, or was damaged/);
    expect(() => new JsonLinesSink(join(folder, "thesis.csv"))).toThrow(LoggingError);
    expect(text("thesis.csv")).toBe("chapter,pages\n1,20\n2,");
  });
});

describe("JsonLinesSink", () => {
  it("writes one object per row and truncates to a saved state", () => {
    const path = join(folder, "d.jsonl");
    const logger = new Logger([new JsonLinesSink(path)]);
    logger.record("a", Number.NaN);
    logger.dump(1);
    logger.record("half", 1);
    const state = logger.getState();
    logger.dump(2);
    logger.close();
    const resumed = new Logger([new JsonLinesSink(path)]);
    resumed.setState(state);
    resumed.recordMean("mean", 1);
    resumed.recordMean("mean", 2);
    resumed.dump(2);
    expect(text("d.jsonl")).toBe('{"step":1,"a":null}\n{"step":2,"half":1,"mean":1.5}\n');
  });
});

describe("TensorBoardSink", () => {
  it("writes values beyond the range of float32 as infinite", () => {
    const directory = join(folder, "large");
    const sink = new TensorBoardSink(directory);
    sink.write({ diverged: -1e39 }, 1);
    sink.write({ diverged: Number.MAX_VALUE }, 2);
    sink.close();
    const file = readFileSync(sink.path);
    const floats = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY].map((value) =>
      Buffer.from(Float32Array.of(value).buffer),
    );
    expect(floats.map((bytes) => file.includes(bytes))).toEqual([true, true]);
  });
});

const hasTensorBoard = (() => {
  try {
    execFileSync(pythonPath(), ["-c", "import tensorboard"], { stdio: "ignore" });
    return true;
  } catch {
    console.warn(
      "TensorBoard is not installed: its tests are skipped. npx tsx scripts/install-test-packages.ts",
    );
    return false;
  }
})();

const reader = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
events.Reload()
tags = events.Tags()["scalars"]
print(json.dumps({tag: [[e.step, e.value, e.wall_time] for e in events.Scalars(tag)] for tag in tags}))
`;
type Scalars = Record<string, [step: number, value: number, wallTime: number][]>;
const readBack = (directory: string) =>
  JSON.parse(
    execFileSync(pythonPath(), ["-c", reader, directory], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as Scalars;

describe.skipIf(!hasTensorBoard)("TensorBoardSink and TensorBoard", () => {
  it("contain each point once when a run was saved between an evaluation and an update of the same step", () => {
    const directory = join(folder, "one-step");
    const first = new TensorBoardSink(directory);
    first.write({ "train/loss": 3 }, 1000);
    first.write({ "eval/mean_reward": 20 }, 2000);
    const state = first.getState();
    first.write({ "train/loss": 2 }, 2000); // lost: the process was killed
    first.close();
    const second = new TensorBoardSink(directory);
    second.setState(state);
    second.write({ "train/loss": 2 }, 2000);
    second.close();
    const points = Object.entries(readBack(directory)).map(([tag, list]) => [
      tag,
      list.map(([step, value]) => [step, value]),
    ]);
    expect(Object.fromEntries(points)).toEqual({
      "train/loss": [
        [1000, 3],
        [2000, 2],
      ],
      "eval/mean_reward": [[2000, 20]],
    });
  });

  it("are compatible, including resumed runs", () => {
    const directory = join(folder, "board");
    const began = Date.now() / 1000;
    const first = new TensorBoardSink(directory);
    first.write({ "rollout/ep_rew_mean": 1.5, "train/größe": -2 }, 1000);
    const state = first.getState();
    first.write({ "rollout/ep_rew_mean": 99 }, 5_000_000_000); // lost: the process was killed
    first.close();
    const second = new TensorBoardSink(directory);
    second.setState(state);
    second.write({ "rollout/ep_rew_mean": 2.5 }, 2000);
    second.close();
    expect(readdirSync(directory)).toHaveLength(2);

    const scalars = readBack(directory);
    const points = (tag: string) => scalars[tag].map(([step, value]) => [step, value]);
    expect(points("rollout/ep_rew_mean")).toEqual([
      [1000, 1.5],
      [2000, 2.5],
    ]);
    expect(points("train/größe")).toEqual([[1000, -2]]);
    const [[, , wallTime]] = scalars["train/größe"];
    expect(wallTime).toBeGreaterThanOrEqual(began);
    expect(wallTime).toBeLessThan(began + 60);
  });
});
