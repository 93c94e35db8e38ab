/** Plays games here and in Gymnasium, recorded as comparable lines. */

import { createHash } from "node:crypto";
import type { AsyncAtariEnv, AtariEnv, AtariReset } from "../src/index.js";
import type { WasmAtariEnv } from "../src/wasm/index.js";
import { python, traceAction } from "./support.js";

/** One line per step: reward, lives, episode frame, frame, ends, hash of the observation. */
const GYMNASIUM = `
import hashlib, json, sys, warnings
warnings.simplefilter("ignore")
import ale_py, gymnasium, numpy as np
name, seed, steps, options = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
options = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
env = gymnasium.make(name, **options)
lines = []
def line(reward, ends, obs, info):
    values = [reward, info["lives"], info["episode_frame_number"], info["frame_number"], *ends]
    lines.append(" ".join(str(int(v)) for v in values) + " " + hashlib.md5(obs.tobytes()).hexdigest())
obs, info = env.reset(seed=seed)
seeds = [int(s) for s in info["seeds"]]
line(0, (0, 0), obs, info)
for i in range(steps):
    if options.get("continuous"):
        action = np.array([(i % 11) / 10, (i % 17 - 8) / 8 * 3.1, i % 2], np.float32)
    else:
        action = (i * 7 + i // 13 * 5) % int(env.action_space.n)
    obs, reward, terminated, truncated, info = env.step(action)
    line(reward, (terminated, truncated), obs, info)
    if terminated or truncated:
        obs, info = env.reset()
        line(0, (0, 0), obs, info)
game = env.unwrapped
print(json.dumps({"lines": lines, "seeds": seeds, "meanings": game.get_action_meanings(),
                  "shape": game.observation_space.shape}))
`;

/** Lines recorded by Gymnasium. */
export interface Trace {
  lines: string[];
  seeds: number[];
  meanings: string[];
  shape: number[];
}

/** Plays in Python. */
export function gymnasium(id: string, seed: number, steps: number, options: Record<string, unknown>): Trace {
  return python<Trace>(GYMNASIUM, id, String(seed), String(steps), JSON.stringify(options));
}

/** Plays the same here, with or without promises. */
export async function trace(
  env: AtariEnv | AsyncAtariEnv | WasmAtariEnv,
  seed: number,
  steps: number,
): Promise<{ lines: string[]; seeds: number[] }> {
  const lines: string[] = [];
  const line = (
    { observation, info }: AtariReset,
    [reward, terminated, truncated]: readonly [number, boolean, boolean],
  ) => {
    const values = [
      reward,
      info.lives,
      info.episodeFrameNumber,
      info.frameNumber,
      Number(terminated),
      Number(truncated),
    ];
    lines.push(`${values.join(" ")} ${createHash("md5").update(observation).digest("hex")}`);
  };
  const first = await env.reset({ seed });
  line(first, [0, false, false]);
  const seeds = first.info.seeds ?? [];
  for (let i = 0; i < steps; i++) {
    const action =
      env.actionSpace.kind === "discrete"
        ? traceAction(i, env.actionSpace.n)
        : [(i % 11) / 10, (((i % 17) - 8) / 8) * 3.1, i % 2];
    const step = await env.step(action);
    line(step, [step.reward, step.terminated, step.truncated]);
    if (step.terminated || step.truncated) line(await env.reset(), [0, false, false]);
  }
  return { lines, seeds };
}
