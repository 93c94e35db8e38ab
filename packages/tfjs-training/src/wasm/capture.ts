/** Recording the calls of compiled kernels instead of making them, so that they can be made again without JavaScript. */

/** A number that is read from memory when the call is made. */
export class NumberAt {
  /** @param address byte address of a float */
  constructor(readonly address: number) {}
}

/** A call of a compiled kernel. */
export interface KernelCall {
  /** The kernels that it belongs to. */
  readonly module: object;
  readonly name: string;
  readonly args: readonly (number | boolean | NumberAt)[];
}

/** Writes words that will lie at a byte address. */
export type WriteWords = (buffer: ArrayBufferLike, at: number) => void;

/** Takes the calls that kernels make while {@link capture} runs. */
export interface Recorder {
  call(call: KernelCall): void;
  /** Byte address of scratch memory that lasts as long as the recorded calls. */
  scratch(purpose: string, bytes: number): number;
  /** Byte address of memory only for the kernel that is being recorded. */
  temporary(bytes: number): number;
  /** Byte address of `count` words, which keep the values that are written now. */
  constant(count: number, write: WriteWords): number;
}

/** Thrown by a kernel that computes in JavaScript, so that recording its calls would miss something. */
export class NotCapturable extends Error {}

let recorder: Recorder | undefined;

/** Who records at present. */
export function currentRecorder(): Recorder | undefined {
  return recorder;
}

/** Whether the calls of kernels are recorded at present. */
export function isRecording(): boolean {
  return recorder !== undefined;
}

/** Runs a kernel whose calls are recorded instead of made. */
export function capture<Result>(by: Recorder, run: () => Result): Result {
  const outer = recorder;
  recorder = by;
  try {
    return run();
  } finally {
    recorder = outer;
  }
}

/** Throws while calls are recorded. @throws NotCapturable */
export function refuseCapture(what: string): void {
  if (recorder) throw new NotCapturable(what);
}

/** Functions that record their calls under their names. */
export function recordingKernels<Exports>(module: object): Exports {
  return new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...args: (number | boolean | NumberAt)[]) => {
          recorder?.call({ module, name: String(name), args });
          return undefined;
        },
    },
  ) as Exports;
}
