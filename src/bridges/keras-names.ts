/** Names of Keras weights in files. */

import type { SafeTensor } from "../checkpoints/safetensors.js";

const backbone = String.raw`(?:backbone_fn\/layers|backbone)\d+\/(?:kernel|bias)`;
const dynamics = "gleak|vleak|cm|(?:sensory_)?(?:sigma|mu|w|erev)|(?:in|out)put_[wb]";
const tail = new RegExp(
  String.raw`(?:^|\/)(ff[12]_(?:weight|bias)|time_[ab]\/(?:kernel|bias)|w_tau|A|${backbone}|${dynamics})$`,
);
const lstm = /^(?:(?:.*\/)?(?:mixed_memory_rnn(?:_\d+)?|cell)\/)?(input_kernel|recurrent_kernel|bias)$/;
const wiredLayer = /(?:^|\/)(?:_cfc_layers|cf_c_cell_?)(\d*)\//;

/**
 * Renames arrays to the names of a plan. Accepts names without `cell/`, the paths of Keras 3 such as
 * `cf_c/wired_cf_c_cell/cf_c_cell_2/time_a/kernel`, with or without `:0`, and the unnamed `arr_0`, `arr_1`, ...
 * of `np.savez`, taken in the plan's order. Other names are unchanged.
 */
export function withKerasNames(
  arrays: ReadonlyMap<string, SafeTensor>,
  expected: readonly string[],
): Map<string, SafeTensor> {
  const names = [...arrays.keys()];
  if (names.length > 0 && names.every((name) => /^arr_\d+$/.test(name))) {
    return new Map([...arrays].map(([name, array]) => [expected[Number(name.slice(4))] ?? name, array]));
  }
  const numbers = names.map((name) => wiredLayer.exec(name)?.[1]).filter((number) => number !== undefined);
  const layers = [...new Set(numbers.map(Number))].sort((a, b) => a - b);
  const byTail = new Map(expected.map((name) => [name.replace(/^cell\/(?:rnn_cell\/)?/, ""), name]));
  const renamed = (name: string): string => {
    if (arrays.has(name) && expected.includes(name)) return name;
    const path = name.replace(/:\d+$/, "");
    const local = tail.exec(path)?.[1];
    if (!local) return byTail.get(lstm.exec(path)?.[1] ?? "") ?? name;
    const number = wiredLayer.exec(path)?.[1];
    const layer = number === undefined ? 0 : layers.indexOf(Number(number));
    const own = local.replace(/^backbone(\d+)/, (_, index) => `backbone_fn/layers${2 * Number(index)}`);
    return byTail.get(own) ?? byTail.get(`_cfc_layers${layer}/${own}`) ?? name;
  };
  const result = new Map<string, SafeTensor>();
  for (const [name, array] of arrays) {
    const wanted = renamed(name);
    result.set(result.has(wanted) ? name : wanted, array);
  }
  return result;
}
