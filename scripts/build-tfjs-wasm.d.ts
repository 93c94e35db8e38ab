/** Packs tfjs's WebAssembly file when it has changed; returns whether it did. */
export function buildTfjsWasm(): boolean;
