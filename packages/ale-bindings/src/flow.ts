/** Code that can run either synchronously or with promises. */

/** A computation that yields what it has to wait for and receives the result. */
export type Flow<T> = Generator<unknown, T, unknown>;

/** Waits inside a flow: `const reply = yield* settled(link.roundTrip(request, into))`. */
export function* settled<T>(value: T | Promise<T>): Flow<T> {
  return (yield value) as T;
}

/** Runs a flow whose steps are not promises. */
export function runSync<T>(flow: Flow<T>): T {
  let state = flow.next();
  while (!state.done) state = flow.next(state.value);
  return state.value;
}

/** Runs a flow and awaits its steps. */
export async function runAsync<T>(flow: Flow<T>): Promise<T> {
  let state = flow.next();
  while (!state.done) {
    let value: unknown;
    try {
      value = await state.value;
    } catch (error) {
      state = flow.throw(error);
      continue;
    }
    state = flow.next(value);
  }
  return state.value;
}
