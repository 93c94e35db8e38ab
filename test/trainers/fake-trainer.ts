/** A trainer without a network, for tests of callbacks and runs. */

import { type CheckpointLocation, readCheckpoint, writeCheckpoint } from "../../src/checkpoints/index.js";
import { EpisodeWindow } from "../../src/core/episode-window.js";
import type { StateRecord } from "../../src/core/state.js";
import { locate } from "../../src/trainers/common/checkpoint-paths.js";
import type { Trainer } from "../../src/trainers/common/trainer.js";
import { type LearnOptions, TrainingRun } from "../../src/trainers/common/training-run.js";

/** Each step ends an episode whose return is the number of the step; every ten steps are an update. */
export class FakeTrainer implements Trainer {
  numTimesteps = 0;
  iterations = 0;
  readonly episodes = new EpisodeWindow({ size: 1 });
  private run?: TrainingRun;
  private interrupted?: StateRecord;

  async learn(options: LearnOptions): Promise<this> {
    const run = new TrainingRun(this, options, this.interrupted);
    this.run = run;
    await run.runWithHooks(async () => {
      while (run.running) {
        if (this.numTimesteps % 10 === 0) await run.rolloutStart();
        do {
          this.numTimesteps++;
          this.episodes.add({ return: this.numTimesteps, length: 2 });
        } while ((await run.step()) && this.numTimesteps % 10 !== 0);
        if (run.interrupted) break;
        await run.rolloutEnd();
        this.iterations++;
        await run.updateEnd({ "train/loss": 1 / this.iterations });
      }
    });
    return this;
  }

  async predict(): Promise<{ actions: Int32Array; action: number; state: null }> {
    return { actions: new Int32Array(2), action: 0, state: null };
  }

  async save(location: CheckpointLocation): Promise<string> {
    const { store, name } = locate(location);
    return writeCheckpoint(store, name, { kind: "fake", config: {}, state: this.getState() });
  }

  static async resume(location: CheckpointLocation): Promise<FakeTrainer> {
    const { store, name } = locate(location);
    const trainer = new FakeTrainer();
    trainer.setState((await readCheckpoint(store, name)).state);
    return trainer;
  }

  getState(): StateRecord {
    const { numTimesteps, iterations, episodes, run } = this;
    return { numTimesteps, iterations, episodes: episodes.getState(), run: run?.getState() ?? null };
  }

  setState({ numTimesteps, iterations, episodes, run }: StateRecord): void {
    this.numTimesteps = numTimesteps as number;
    this.iterations = iterations as number;
    this.episodes.setState(episodes as StateRecord);
    this.interrupted = (run as StateRecord | null) ?? undefined;
  }

  async close(): Promise<void> {}
}
