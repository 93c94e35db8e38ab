/** Alternating measurements of several programs, so that disturbances of the machine affect all of them. */

/** One repetition of a program, in milliseconds. */
export interface Measurement {
  /** Wall time. */
  wall: number;
  /** Processor time. */
  cpu: number;
}

/** Runs a program once. */
export type Contender = () => Measurement | Promise<Measurement>;

/** Best, median and spread of repeated measurements. */
export interface Summary {
  /** Minimum. */
  best: number;
  /** Median. */
  median: number;
  /** Lower and upper quartile. */
  quartiles: [number, number];
}

/** Measurements of all contenders, turn by turn. */
export type Turns<Name extends string> = Record<Name, Measurement[]>;

/** Runs a synchronous program once. */
export function measured(program: () => void): Measurement {
  const cpu = process.cpuUsage();
  const start = performance.now();
  program();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1000 };
}

/** Warms every contender up twice and then measures `turns` turns. */
export async function alternate<Name extends string>(
  contenders: Record<Name, Contender>,
  turns: number,
): Promise<Turns<Name>> {
  const entries = Object.entries(contenders) as [Name, Contender][];
  const results = Object.fromEntries(entries.map(([name]) => [name, []])) as unknown as Turns<Name>;
  for (let turn = -2; turn < turns; turn++) {
    for (const [name, run] of entries) {
      const measurement = await run();
      if (turn >= 0) results[name].push(measurement);
    }
  }
  return results;
}

/** Best, median and quartiles of measurements. */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (fraction: number) => sorted[Math.round(fraction * (sorted.length - 1))];
  return { best: sorted[0], median: at(0.5), quartiles: [at(0.25), at(0.75)] };
}

/** Ratio of two contenders in the same turns. */
export function ratios(
  ours: readonly Measurement[],
  theirs: readonly Measurement[],
  of: keyof Measurement,
): Summary {
  return summarize(ours.map((measurement, turn) => measurement[of] / theirs[turn][of]));
}
