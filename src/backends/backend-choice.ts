/** What choosing a backend is told and tells. */

/** Backends by tfjs's names; `"tensorflow"` is `@tensorflow/tfjs-node` and `tfjs-node-gpu`. */
export type BackendName = "wasm" | "cpu" | "tensorflow" | "webgpu";

/** A backend that `useBackend("auto")` would have preferred. */
export interface RejectedBackend {
  /** Its name. */
  name: BackendName;
  /** Why it was not taken, and what to do to get it. */
  reason: string;
}

/** What `useBackend` chose. */
export interface BackendChoice {
  /** The backend that is active now. */
  name: BackendName;
  /** Why this one, in one sentence. */
  reason: string;
  /** What it computes on, e.g. `"WebAssembly with SIMD"` or the name of the GPU. */
  device: string;
  /** Backends tried before this one, best first; empty where one was asked for by name. */
  rejected: RejectedBackend[];
  /** All of it in one line, to print or log. */
  report: string;
}

/** Options of `useBackend`. */
export interface UseBackendOptions {
  /**
   * Where the `.wasm` files of tfjs lie: a prefix ending in `/`, or the address of each file by its name.
   * Needed in pages whose bundler does not put them beside the script; Node finds them itself.
   */
  wasmPaths?: string | Record<string, string>;
}

/** A backend that was started and tested. */
export interface StartedBackend {
  /** See {@link BackendChoice.device}. */
  device: string;
  /** Why `"auto"` takes it when it comes to it. */
  reason: string;
}
