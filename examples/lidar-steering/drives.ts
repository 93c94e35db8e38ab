/** Provides the drives: from a folder of recorded ones, or from a simple simulation. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "ncps-ts";
import { type LidarTrace, readLidarCsv, readLidarNpz } from "ncps-ts/datasets";

/** Reads a folder with one `.npz` of all drives, or with one `.csv` per drive. */
export function readDrives(folder: string): LidarTrace[] {
  const files = readdirSync(folder).sort();
  const packed = files.find((file) => file.endsWith(".npz"));
  if (packed) return readLidarNpz(readFileSync(join(folder, packed)), packed);
  const texts = files.filter((file) => file.endsWith(".csv"));
  if (texts.length === 0) throw new Error(`${folder}: expected one .npz or some .csv files, found neither`);
  return texts.map((file) => readLidarCsv(readFileSync(join(folder, file), "utf8"), file));
}

const beams = 541;
const fieldOfView = 2.35; // radians to each side
const greatestRange = 7;

/**
 * Simulated drives: a robot passes obstacles one after another and is steered away from the one ahead, the
 * closer the more strongly. Synthetic data, to run without the recordings: errors say nothing about the real data.
 */
export function simulateDrives(count: number, steps: number, seed: number): LidarTrace[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const ranges = new Float32Array(steps * beams);
    const steering = new Float32Array(steps);
    let [distance, angle] = [0, 0];
    for (let step = 0; step < steps; step++) {
      if (distance < 0.5) {
        distance = random.uniform(3, 6);
        angle = random.uniform(-0.6, 0.6);
      }
      const width = Math.atan2(0.4, distance);
      for (let beam = 0; beam < beams; beam++) {
        const direction = ((2 * beam) / (beams - 1) - 1) * fieldOfView;
        const free = Math.abs(direction - angle) > width;
        ranges[step * beams + beam] = (free ? greatestRange : distance) + random.normal(0, 0.05);
      }
      const command = Math.max(-1, Math.min(1, (-2 * Math.sign(angle) * (0.8 - Math.abs(angle))) / distance));
      steering[step] = command;
      distance -= 0.15;
      angle -= 0.05 * command;
    }
    return { ranges, steering, beams };
  });
}
