import { expect, it } from "vitest";
import { BackendError, InvalidArgumentError, InvalidStateError } from "../../../../src/core/errors.js";
import { useBackend } from "../../../../src/recurrent/use-backend.js";
import { cartPolePPO, PPOTrainer } from "../../../../src/trainers/index.js";
import { learnerThreads } from "../../../../src/trainers/ppo/learners/make-learners.js";

it("several learners require threads, the wasm backend and an integer", async () => {
  await useBackend("wasm");
  const make = (learners: number) => () => new PPOTrainer({ ...cartPolePPO, env: "CartPole-v1", learners });
  expect(make(2)).toThrow(InvalidStateError);
  expect(make(2)).toThrow(/learners: 2 needs the worker threads of Node: import "ncps-ts\/node" first/);
  for (const wrong of [0, 1.5, -1]) expect(make(wrong)).toThrow(InvalidArgumentError);
  learnerThreads.install(() => {
    throw new Error("nothing may be started before learn");
  });
  const made = make(2)();
  expect(made.hyperparameters.learners).toBe(2);
  await made.close();
  await useBackend("cpu");
  expect(make(2)).toThrow(BackendError);
  expect(make(2)).toThrow(/learners: 2 needs the backend "wasm", the active one is "cpu"/);
});
