/** One training step compared with PyTorch's and tfjs-node's, for the benchmarks of whole networks. */

import type { BenchmarkResult } from "../run.js";
import { alternate, type Contender, measured, ratios, summarize } from "./alternate.js";
import { type Peer, startPyTorch } from "./peer.js";

/**
 * Measures a step, alternating with the same step in PyTorch on one thread, if available, and in another peer.
 *
 * @param metric prefix of the names of its metrics · @param peerCase as in bench/peers/pytorch.py
 */
export async function compareSteps(
  metric: string,
  steps: Record<string, () => void>,
  peerCase: object,
  turns: number,
  other?: Peer,
): Promise<BenchmarkResult> {
  const peer = await startPyTorch();
  const contenders: Record<string, Contender> = Object.fromEntries(
    Object.entries(steps).map(([name, step]) => [name, () => measured(step)]),
  );
  const peers = [other, peer].filter((one) => one !== undefined);
  for (const one of peers) contenders[one.name] = () => one.run(peerCase);
  const results = await alternate<string>(contenders, turns);
  for (const one of peers) one.close();
  const result: BenchmarkResult = { rows: [], metrics: {} };
  for (const [name, measurements] of Object.entries(results)) {
    const wall = summarize(measurements.map((measurement) => measurement.wall));
    const cpu = summarize(measurements.map((measurement) => measurement.cpu));
    const row: Record<string, string | number> = {
      step: name,
      "best ms": rounded(wall.best),
      "median ms": rounded(wall.median),
      quartiles: wall.quartiles.map(rounded).join(" - "),
      "best processor ms": rounded(cpu.best),
    };
    if (peer) {
      const times = (of: "wall" | "cpu") => ratios(measurements, results[peer.name], of);
      row["x PyTorch"] = rounded(times("wall").median);
      row["quartiles of x"] = times("wall").quartiles.map(rounded).join(" - ");
      row["x PyTorch, processor time"] = rounded(times("cpu").median);
      result.metrics[`${metric}_${name}_ratio`] = times("wall").median;
    }
    result.rows.push(row);
    result.metrics[`${metric}_${name}_ms`] = wall.best;
    result.metrics[`${metric}_${name}_processor_ms`] = cpu.best;
  }
  return result;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
