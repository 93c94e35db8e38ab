/** Matrix products as ONNX models, for runtimes that have no other interface. */

import { encodeModel } from "./onnx-model.js";

/** The kind of product that a model computes. */
export interface ProductModel {
  /** Whether the left factor is transposed. */
  transposeA: boolean;
  /** Whether the right factor is transposed. */
  transposeB: boolean;
  /** Whether the product is added to a third input. */
  accumulate: boolean;
  /** Whether an empty sequence is an additional output; see {@link productNames}. */
  empty: boolean;
}

/**
 * Names of a model's inputs and outputs. `empty` is an empty sequence, the first output of models that have it: a
 * runtime that cannot return sequences stops when it has computed everything and copied nothing.
 */
export const productNames = { a: "a", b: "b", addend: "c", product: "y", empty: "empty" } as const;

/** Encodes a model with one node, `Gemm`, over matrices of any size. */
export function encodeProductModel(model: ProductModel): Uint8Array {
  const { a, b, addend } = productNames;
  return encode("Gemm", model.accumulate ? [a, b, addend] : [a, b], 2, model);
}

/** Encodes a model of a batch of products, `FusedMatMul` of onnxruntime's own operators. */
export function encodeBatchModel(model: Omit<ProductModel, "accumulate">): Uint8Array {
  return encode("FusedMatMul", [productNames.a, productNames.b], 3, model, "com.microsoft");
}

function encode(
  operator: string,
  inputs: string[],
  rank: number,
  { transposeA, transposeB, empty }: Omit<ProductModel, "accumulate">,
  domain?: string,
): Uint8Array {
  const { product } = productNames;
  const attributes = { transA: { int: Number(transposeA) }, transB: { int: Number(transposeB) } };
  return encodeModel(
    {
      nodes: [{ operator, inputs, outputs: [product], attributes, domain }],
      inputs: inputs.map((name) => ({ name, rank })),
      outputs: [{ name: product, rank }],
      emptySequence: empty ? productNames.empty : undefined,
    },
    domain ? [domain] : [],
  );
}
