/** The worker's side of a vector environment: executes requests in shared memory, answers calls. */

import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { InvalidArgumentError } from "../../core/errors.js";
import { sizeOf } from "../../core/state.js";
import { EventLoopTurns } from "../../core/yield.js";
import type { Env, Info } from "../../envs/env.js";
import { closeEnvs } from "../../vector/env-list.js";
import { callMember, readMember, writeMember } from "../../vector/env-members.js";
import { EnvSlot } from "../../vector/env-slot.js";
import { packError } from "../workers/sent-error.js";
import { InfoWriter } from "./info-codec.js";
import type { Call, MemberAccess, Message, Reply, WorkerSetup } from "./messages.js";
import {
  ControlBlock,
  EnvWord,
  INFO_BY_MESSAGE,
  INFO_NUMBERS,
  Request,
  SharedArrays,
  type SharedBuffers,
  Status,
  Word,
  WorkerWord,
} from "./shared-memory.js";

// Maximum time without a turn of the event loop (for output of console.log, ends of child processes), in milliseconds.
const TURN = 100;

/** Serves the environments of one worker. */
export class EnvServer {
  private readonly control: ControlBlock;
  private readonly port: MessagePort;
  private readonly writer = new InfoWriter((schema) => this.post({ kind: "schema", schema }));
  private readonly wake: number;
  private readonly playing: number;
  private slots: EnvSlot[] = [];
  private arrays: SharedArrays | undefined;
  private actionSize = 1;
  // Options for the next reset of each environment.
  private readonly resetOptions = new Map<number, Readonly<Record<string, unknown>>>();
  private calls = 0;
  private closed = false;

  /**
   * @param setup start data of the worker
   * @param envs its environments
   * @param remake creates a replacement for environment `index`
   */
  constructor(
    private readonly setup: WorkerSetup,
    private readonly envs: Env[],
    private readonly remake: (index: number) => Env,
  ) {
    this.control = new ControlBlock(setup.control, setup.workers);
    this.port = setup.port;
    this.wake = this.control.ofWorker(setup.worker, WorkerWord.wake);
    this.playing = this.control.ofWorker(setup.worker, WorkerWord.playing);
  }

  /** Serves requests until the worker is closed. */
  async serve(): Promise<void> {
    const { words } = this.control;
    const turns = new EventLoopTurns(TURN);
    while (!this.closed) {
      const seen = Atomics.load(words, this.wake);
      this.answerCalls();
      for (const slot of this.slots) this.play(slot);
      if (turns.due) await turns.give();
      if (!this.closed) Atomics.wait(words, this.wake, seen, TURN);
    }
  }

  private play(slot: EnvSlot): void {
    const { control, arrays } = this;
    const { words } = control;
    const { index } = slot;
    const request = Atomics.load(words, control.ofEnv(index, EnvWord.request));
    if (request === Request.none || !arrays) return;
    Atomics.store(words, this.playing, index);
    try {
      const { restarts } = slot;
      const info = request === Request.step ? this.step(slot, arrays) : this.reset(slot, arrays, request);
      arrays.seeds[index] = slot.seed ?? Number.NaN;
      this.countRestarts(slot.restarts - restarts);
      const schema = this.writer.write(info, arrays.infos, index * INFO_NUMBERS);
      if (schema === INFO_BY_MESSAGE) this.sendInfo(slot, request, info);
      Atomics.store(words, control.ofEnv(index, EnvWord.schema), schema);
    } catch (error) {
      this.post({ kind: "failure", index, error: packError(error) });
      Atomics.store(words, control.ofEnv(index, EnvWord.request), Request.none);
      control.bump(Word.alarms);
      control.bump(Word.answered);
      return;
    }
    Atomics.store(words, this.playing, -1);
    Atomics.store(words, control.ofEnv(index, EnvWord.request), Request.none);
    Atomics.store(words, control.ofEnv(index, EnvWord.ticket), Atomics.add(words, Word.tickets, 1));
    Atomics.store(words, control.ofEnv(index, EnvWord.status), Status.ready);
    Atomics.add(words, control.ofWorker(this.setup.worker, WorkerWord.progress), 1);
    const answered = Atomics.add(words, Word.answered, 1) + 1;
    if (((answered - Atomics.load(words, Word.wanted)) | 0) >= 0) Atomics.notify(words, Word.answered);
  }

  private begin(slot: EnvSlot, seed: number | null, steps: number): void {
    const { words } = this.control;
    Atomics.store(words, this.playing, slot.index);
    slot.begin(seed, steps);
    Atomics.store(words, this.playing, -1);
    if (this.arrays) this.arrays.seeds[slot.index] = slot.seed ?? Number.NaN;
    this.countRestarts(slot.restarts);
  }

  private step(slot: EnvSlot, arrays: SharedArrays): Info {
    const { index } = slot;
    const step = slot.step(arrays.actions, index * this.actionSize);
    arrays.rewards[index] = step.reward;
    arrays.terminated[index] = Number(step.terminated);
    arrays.truncated[index] = Number(step.truncated);
    arrays.ended[index] = Number(step.ended);
    return step.info;
  }

  private reset(slot: EnvSlot, arrays: SharedArrays, request: number): Info {
    const { index } = slot;
    arrays.rewards[index] = 0;
    arrays.terminated[index] = arrays.truncated[index] = arrays.ended[index] = 0;
    const options = this.resetOptions.get(index);
    this.resetOptions.delete(index);
    return slot.reset({ seed: request === Request.seededReset ? arrays.seeds[index] : undefined, options });
  }

  private countRestarts(count: number): void {
    Atomics.add(this.control.words, this.control.ofWorker(this.setup.worker, WorkerWord.restarts), count);
  }

  private sendInfo(slot: EnvSlot, request: number, info: Info): void {
    try {
      this.post({ kind: "info", index: slot.index, info });
    } catch (cause) {
      throw slot.failed(request === Request.step ? "step" : "reset", cause);
    }
  }

  private answerCalls(): void {
    const { control, port } = this;
    const { worker } = this.setup;
    const posted = Atomics.load(control.words, control.ofWorker(worker, WorkerWord.calls));
    for (; this.calls < posted; this.calls++) {
      const call = receiveMessageOnPort(port)?.message as Call;
      try {
        const value = this.answer(call);
        try {
          this.post({ kind: "reply", value });
        } catch (cause) {
          throw new InvalidArgumentError(
            "name",
            `what the environments returned cannot be sent to the main thread: ${(cause as Error).message}`,
            { cause },
          );
        }
      } catch (error) {
        this.post({ kind: "refusal", error: packError(error) });
      }
      control.bump(control.ofWorker(worker, WorkerWord.replies));
    }
  }

  private answer(call: Call): Reply {
    const { first } = this.setup;
    switch (call.kind) {
      case "attach":
        this.attach(call.buffers);
        return null;
      case "begin":
        call.indices.forEach((index, k) => {
          this.begin(this.slots[index - first], call.seeds[k], call.steps[k]);
        });
        return null;
      case "render":
        return this.slots[call.index - first].env.render();
      case "getState":
        return this.slots.map((slot) => slot.env.getState?.() ?? {});
      case "setState":
        for (const [k, slot] of this.slots.entries()) {
          slot.env.setState?.(call.envs[k]);
          slot.seed = call.seeds[k];
          slot.steps = call.steps;
        }
        return null;
      case "resetOptions":
        for (const { index } of this.slots) this.resetOptions.set(index, call.options);
        return null;
      case "member":
        return this.reach(call.access);
      case "close":
        return this.close();
    }
  }

  private reach(access: MemberAccess): unknown[] {
    const { name } = access;
    if (access.do === "call") return this.slots.map(({ env }) => callMember(env, name, access.args));
    if (access.do === "get") return this.slots.map(({ env }) => readMember(env, name));
    for (const { env, index } of this.slots) {
      if (access.indices.includes(index)) writeMember(env, name, access.value);
    }
    return [];
  }

  private attach(buffers: SharedBuffers): void {
    const { first, restartOnFailure } = this.setup;
    const arrays = new SharedArrays(buffers);
    const { observationSpace, actionSpace } = this.envs[0];
    const size = sizeOf(observationSpace.shape);
    this.arrays = arrays;
    this.actionSize = sizeOf(actionSpace.shape);
    this.slots = this.envs.map((env, k) => {
      const index = first + k;
      const [from, to] = [index * size, (index + 1) * size];
      const row = arrays.observations.subarray(from, to);
      const final = arrays.finals.subarray(from, to);
      return new EnvSlot({
        index,
        env,
        row,
        final,
        remake: restartOnFailure ? () => this.remake(index) : undefined,
      });
    });
  }

  private close(): null {
    this.closed = true;
    const { slots } = this;
    const failure = closeEnvs(slots.length > 0 ? slots.map((slot) => slot.env) : this.envs);
    if (failure) throw slots[failure.index]?.failed("close", failure.cause) ?? failure.cause;
    return null;
  }

  private post(message: Message): void {
    this.port.postMessage(message);
  }
}
