/** Recurrent layers compared with those of ncps on PyTorch. */

import type { BenchmarkResult } from "../run.js";
import { alternate, type Measurement, measured, ratios, summarize } from "./alternate.js";
import { startPyTorch } from "./peer.js";

/** A case of bench/peers/recurrent.py. */
export interface PeerCase {
  layer: "cfc" | "cfc-mixed" | "wired" | "ltc" | "ltc-full";
  features: number;
  units: number;
  /** Number of motor neurons of a wiring. */
  outputs: number;
  batch: number;
  time: number;
  backward: boolean;
}

/** One comparison. */
export interface RecurrentCase {
  /** Label in the table. */
  label: string;
  /** Prefix of the names of its metrics. */
  metric: string;
  /** Our program, run once. */
  program: () => void;
  /** The same in ncps. */
  peerCase: PeerCase;
  /** Runs per measurement: many if one is short. */
  repeats: number;
  /** Number of measurements. */
  turns: number;
}

/** Measures all cases, alternating with PyTorch if available; times are those of one run, in milliseconds. */
export async function compareRecurrent(cases: readonly RecurrentCase[]): Promise<BenchmarkResult> {
  const peer = await startPyTorch("recurrent.py");
  const result: BenchmarkResult = { rows: [], metrics: {} };
  for (const { label, metric, program, peerCase, repeats, turns } of cases) {
    const ours = () =>
      measured(() => {
        for (let i = 0; i < repeats; i++) program();
      });
    const theirs = peer && (() => peer.run({ ...peerCase, repeats }));
    const results = await alternate<string>(theirs ? { ours, theirs } : { ours }, turns);
    const once = (name: string, of: keyof Measurement = "wall") =>
      summarize(results[name].map((measurement) => measurement[of] / repeats));
    const own = once("ours");
    const row: Record<string, string | number> = {
      case: label,
      "best ms": rounded(own.best),
      "median ms": rounded(own.median),
    };
    result.metrics[`${metric}_ms`] = own.best;
    if (peer) {
      const other = once("theirs");
      const ratio = ratios(results.ours, results.theirs, "wall");
      const processor = once("ours", "cpu").best / once("theirs", "cpu").best;
      row["ncps best"] = rounded(other.best);
      row["ncps median"] = rounded(other.median);
      row["x, median"] = rounded(ratio.median);
      row.quartiles = ratio.quartiles.map(rounded).join(" - ");
      row["x, best"] = rounded(own.best / other.best);
      row["x, processor"] = rounded(processor);
      result.metrics[`${metric}_ncps_ms`] = other.best;
      result.metrics[`${metric}_ratio`] = ratio.median;
      result.metrics[`${metric}_best_ratio`] = own.best / other.best;
      result.metrics[`${metric}_processor_ratio`] = processor;
    }
    result.rows.push(row);
  }
  peer?.close();
  return result;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
