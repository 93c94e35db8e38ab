/**
 * Overhead of monitoring and checkpointing a training: all logs, the dashboard with an open page, and the
 * callbacks, compared with the bare training, alternating; processor time of this process.
 *
 * `npm run bench -- runs [alternations]`
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arcadeBreakoutPPO, PPOTrainer, useBackend } from "../src/index.js";
import { Logger } from "../src/logging/index.js";
import { CsvSink, Dashboard, interruptCallback, JsonLinesSink, TensorBoardSink } from "../src/node/index.js";
import { type LearnOptions, StopTrainingOnRewardThreshold } from "../src/trainers/index.js";

const steps = 16 * 128 * 10;

export async function run(args: string[] = []) {
  const alternations = Number(args[0] ?? 9);
  await useBackend("wasm");
  const folder = mkdtempSync(join(tmpdir(), "bench-runs-"));
  const dashboard = await Dashboard.open();
  const trainer = new PPOTrainer({ ...arcadeBreakoutPPO, env: "Arcade/Breakout-v0", seed: 0 });
  const logs = () => [
    new CsvSink(join(folder, "progress.csv")),
    new JsonLinesSink(join(folder, "progress.jsonl")),
    new TensorBoardSink(folder),
  ];
  const always = new StopTrainingOnRewardThreshold({ rewardThreshold: 1e9 });
  const kinds: Record<string, () => Partial<LearnOptions>> = {
    bare: () => ({}),
    "logs and callbacks": () => ({ logger: new Logger(logs()), callbacks: [interruptCallback(), always] }),
    "and a watched dashboard": () => ({
      logger: new Logger([...logs(), dashboard]),
      callbacks: [interruptCallback(), always, dashboard.callback()],
    }),
  };
  const names = Object.keys(kinds);
  const times = names.map(() => [] as number[]);
  await trainer.learn({ totalTimesteps: steps }); // compiles
  for (let turn = 0; turn < alternations; turn++) {
    for (const [i, name] of names.entries()) {
      const page = i === 2 ? look(dashboard) : undefined;
      const before = process.cpuUsage();
      await trainer.learn({ totalTimesteps: steps, ...kinds[name]() });
      const { user, system } = process.cpuUsage(before);
      clearInterval(page);
      times[i].push((user + system) / 1000);
    }
  }
  await trainer.close();
  await dashboard.close();
  rmSync(folder, { recursive: true });

  const metrics: Record<string, number> = {};
  const rows = names.map((name, i) => {
    const ratios = times[i].map((time, turn) => time / times[0][turn]).sort((a, b) => a - b);
    const best = Math.min(...times[i]) / Math.min(...times[0]);
    metrics[`${name.replace(/\W+/g, "_")}Percent`] = Number((100 * (best - 1)).toFixed(2));
    return {
      what: name,
      "best, ms": Math.round(Math.min(...times[i])),
      "x bare (best)": best.toFixed(3),
      "x bare (median)": ratios[Math.floor(ratios.length / 2)].toFixed(3),
      spread: `${ratios[0].toFixed(3)}-${ratios[ratios.length - 1].toFixed(3)}`,
    };
  });
  return { rows, metrics };
}

// As the page does: ten pictures a second.
function look(dashboard: Dashboard): NodeJS.Timeout {
  return setInterval(() => {
    void fetch(`${dashboard.url}scene`).then((response) => response.arrayBuffer());
  }, 100);
}
