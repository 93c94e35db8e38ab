/** Runs the code of the page "Build your own algorithm" as it stands there. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, describe, expect, it } from "vitest";
import { MemoryCheckpointStore } from "../../src/checkpoints/index.js";
import type { Random, TypedArray } from "../../src/core/index.js";
import {
  type ActionDistribution,
  ClippedPPOLoss,
  GAE,
  type GAEInput,
  type GAEResult,
} from "../../src/losses/index.js";
import type { ReplayMemory, RolloutBuffer, RolloutMinibatch } from "../../src/memory/index.js";
import type { ActorCriticOutput, QNetwork } from "../../src/models/index.js";
import { snippetsOf } from "./snippets.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const snippets = snippetsOf(join(root, "docs/build-your-own-algorithm.md"));
mkdirSync(join(root, "runs"), { recursive: true });
const folder = mkdtempSync(join(root, "runs", "from-parts-")); // within the project, so that imports are found
afterAll(() => rmSync(folder, { recursive: true }));

const codeWith = (text: string) => {
  const found = snippets.filter(({ code }) => code.includes(text));
  expect([text, found.length]).toEqual([text, 1]);
  return found[0].code;
};

/** Writes a module and imports it. */
async function moduleOf<Exports>(name: string, code: string): Promise<Exports> {
  const path = join(folder, name);
  writeFileSync(path, code);
  return await import(/* @vite-ignore */ path);
}

/** A module that makes something by the body of a program of the page, afresh each time. */
function factory(program: string, rest: string): string {
  const end = program.indexOf("\n\n"); // of the imports
  const body = program.slice(end).replaceAll("export function", "function");
  return `${program.slice(0, end)}\nexport async function make() {${body}\n${rest}\n}\n`;
}

interface Parts {
  env: unknown;
  variables: ReadonlyMap<string, tf.Variable>;
  optimizer: { getState(): unknown };
  random: Random;
  buffer: RolloutBuffer;
}

interface Program {
  parts: Parts;
  iterate(): Promise<void>;
  observations(): TypedArray;
  goOnFrom(observations: TypedArray): void;
}

interface OwnCheckpoint {
  save(store: MemoryCheckpointStore, parts: Parts, observations: TypedArray, steps: number): Promise<void>;
  resume(store: MemoryCheckpointStore, parts: Parts): Promise<{ observations: TypedArray; steps: number }>;
}

describe("the PPO of the page", () => {
  const ppo = () =>
    moduleOf<{ make: () => Promise<Program> }>(
      "ppo.ts",
      factory(
        codeWith("new MlpActorCritic"),
        `return {
          parts: { env, variables: model.variables, optimizer, random, buffer },
          observations: () => observations,
          goOnFrom(saved: typeof observations) { observations = saved; },
          async iterate() {
            ${codeWith("while (!buffer.full) {\n  const { distribution, values } =")}
            ${codeWith("buffer.finish({ lastValues: (await forward(observations)).values, gae });\n")}
            ${codeWith("surrogate")}
          },
        };`,
      ),
    );
  const weightsOf = ({ parts }: Program) =>
    [...parts.variables].map(([name, variable]) => [name, [...variable.dataSync()]] as const);

  it("learns, leaves no tensors behind, and goes on bit for bit from its checkpoint", async () => {
    const { make } = await ppo();
    const ownCheckpoint = codeWith("// own-checkpoint.ts");
    const { save, resume } = await moduleOf<OwnCheckpoint>("own-checkpoint.ts", ownCheckpoint);
    const whole = await make();
    const store = new MemoryCheckpointStore();
    await whole.iterate();
    const tensors = tf.memory().numTensors;
    await save(store, whole.parts, whole.observations(), 256);
    const early = weightsOf(whole);
    await whole.iterate();
    await whole.iterate();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(weightsOf(whole)).not.toEqual(early);

    const second = await make();
    second.parts.random.uniform(); // whatever it did before
    const { observations, steps } = await resume(store, second.parts);
    expect(steps).toBe(256);
    second.goOnFrom(observations);
    await second.iterate();
    await second.iterate();
    expect(weightsOf(second)).toEqual(weightsOf(whole));
    expect(second.observations()).toEqual(whole.observations());
  });
});

it("the DQN of the page remembers and learns, and leaves no tensors behind", async () => {
  interface DQN {
    play(): Promise<void>;
    learn(): void;
    memory: ReplayMemory;
    model: QNetwork;
    target: QNetwork;
  }
  const program = factory(
    codeWith("new MlpQNetwork"),
    `return {
      memory, model, target,
      async play() { ${codeWith("memory.add(")} },
      learn() { ${codeWith("tdTargets({")} },
    };`,
  );
  const { make } = await moduleOf<{ make: () => Promise<DQN> }>("dqn.ts", program);
  const { play, learn, memory, model, target } = await make();
  for (let step = 0; step < 100; step++) await play();
  expect(memory.size).toBeGreaterThan(90);
  const weights = () => [...model.variables.values()].map((variable) => variable.dataSync().slice());
  const before = weights();
  learn();
  const tensors = tf.memory().numTensors;
  learn();
  expect(tf.memory().numTensors).toBe(tensors);
  expect(weights()).not.toEqual(before);
  expect([...target.variables.values()].map((variable) => variable.dataSync().slice())).toEqual(weights());
});

describe("the parts that the page swaps", () => {
  it("DiscountedReturns equals GAE with lambda 1", async () => {
    const { DiscountedReturns } = await moduleOf<{
      DiscountedReturns: new (options: { gamma: number }) => GAE;
    }>("returns.ts", codeWith("DiscountedReturns"));
    const input: GAEInput = {
      numEnvs: 2,
      numSteps: 3,
      rewards: [1, 2, 3, 4, 5, 6],
      values: [0.5, 0.1, 0.2, 0.3, 0.4, 0.7],
      lastValues: [2, 3],
      terminated: [0, 1, 0, 0, 0, 0],
      truncated: [0, 0, 0, 1, 0, 0],
      finalValues: [0, 0, 0, 9, 0, 0],
    };
    const near = (a: GAEResult, b: GAEResult) => {
      for (const name of ["returns", "advantages"] as const) {
        a[name].forEach((value, i) => {
          expect(value).toBeCloseTo(b[name][i], 5);
        });
      }
    };
    near(
      new DiscountedReturns({ gamma: 0.9 }).compute(input),
      new GAE({ gamma: 0.9, lambda: 1 }).compute(input),
    );
  });

  it("the recurrent rollout gives ratios of 1 before the weights change, with a penalty of 0", async () => {
    interface Recurrent {
      buffer: RolloutBuffer;
      random: Random;
      policy: ActionDistribution;
      outputsOf(minibatch: RolloutMinibatch): ActorCriticOutput;
    }
    const recurrent = factory(
      codeWith("new CfCActorCritic"),
      "return { buffer, random, policy, outputsOf };",
    );
    const { make } = await moduleOf<{ make: () => Promise<Recurrent> }>("recurrent.ts", recurrent);
    const { penaltyLoss } = await moduleOf<{
      penaltyLoss(
        policy: ActionDistribution,
        parameters: tf.Tensor,
        batch: RolloutMinibatch,
        beta: number,
      ): tf.Scalar;
    }>("penalty.ts", codeWith("penaltyLoss"));
    const { buffer, random, policy, outputsOf } = await make();
    let resets = 0;
    for (const minibatch of buffer.minibatches({ batchSize: 128, random, sequenceLength: 16 })) {
      resets += minibatch.resets?.reduce((sum, flag) => sum + flag, 0) ?? 0;
      tf.tidy(() => {
        const { batch, time } = minibatch;
        const grid = (values: Float32Array) => tf.tensor2d(values, [batch, time]);
        const { distribution } = outputsOf(minibatch);
        const { ratioDeviation } = new ClippedPPOLoss().apply({
          logProb: policy.of(distribution).logProb(grid(minibatch.actions)),
          oldLogProb: grid(minibatch.logProbs),
          advantages: grid(minibatch.advantages),
        });
        expect(ratioDeviation.dataSync()[0]).toBeLessThan(1e-4);
        const mean =
          minibatch.advantages.reduce((sum, value) => sum + value, 0) / minibatch.advantages.length;
        expect(penaltyLoss(policy, distribution, minibatch, 10).dataSync()[0]).toBeCloseTo(-mean, 4);
      });
    }
    expect(resets).toBeGreaterThan(0); // episodes began within sequences
  });
});
