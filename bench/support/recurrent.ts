/** Recurrent layers against those of ncps on PyTorch. */

import type { BenchmarkResult } from "../run.js";
import { alternate, type Measurement, measured, ratios, summarize } from "./alternate.js";
import { startPyTorch } from "./peer.js";

/** A case of bench/peers/recurrent.py. */
export interface PeerCase {
  layer: "cfc" | "cfc-mixed" | "wired" | "ltc" | "ltc-full";
  features: number;
  units: number;
  /** Motor neurons of a wiring. */
  outputs: number;
  batch: number;
  time: number;
  backward: boolean;
}

/** One comparison. */
export interface RecurrentCase {
  /** Words for the table. */
  label: string;
  /** Beginning of the figures' names. */
  figure: string;
  /** Our program, once. */
  program: () => void;
  /** The same in ncps. */
  peerCase: PeerCase;
  /** Runs in one measurement: many where one is short. */
  repeats: number;
  /** Measurements. */
  turns: number;
}

/** Measures all cases in turns with PyTorch, where there is one; times are those of one run, in milliseconds. */
export async function compareRecurrent(cases: readonly RecurrentCase[]): Promise<BenchmarkResult> {
  const peer = await startPyTorch("recurrent.py");
  const result: BenchmarkResult = { rows: [], figures: {} };
  for (const { label, figure, program, peerCase, repeats, turns } of cases) {
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
    result.figures[`${figure}_ms`] = own.best;
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
      result.figures[`${figure}_ncps_ms`] = other.best;
      result.figures[`${figure}_ratio`] = ratio.median;
      result.figures[`${figure}_best_ratio`] = own.best / other.best;
      result.figures[`${figure}_processor_ratio`] = processor;
    }
    result.rows.push(row);
  }
  peer?.close();
  return result;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
