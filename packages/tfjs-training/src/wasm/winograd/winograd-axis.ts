/** Winograd's minimal convolutions along one axis. */

/** The linear maps of assembly/winograd.ts and winograd-six.ts, in order, by the kernels that apply them. */
export const winogradMaps = {
  mapElements: ["copy", "input3", "input4", "inputGradient32", "inputGradient42", "inputGradient43"],
  mapOutputs: ["output32", "output31", "output43", "output42", "output42Wide", "output41"],
  mapOutputGradients: [
    "outputGradient23",
    "outputGradient13",
    "outputGradient34",
    "outputGradient24",
    "outputGradient24Wide",
    "outputGradient14",
  ],
  mapTaps: ["filter23", "filter24", "filter34", "filterGradient32", "filterGradient42", "filterGradient43"],
  mapSix: [
    "input6",
    "inputGradient62",
    "inputGradient63",
    "filter26",
    "filter36",
    "filterGradient62",
    "filterGradient63",
    "output61",
    "output62",
    "output63",
    "output64",
    "output64Wide",
    "output65",
    "outputGradient16",
    "outputGradient26",
    "outputGradient36",
    "outputGradient46",
    "outputGradient46Wide",
    "outputGradient56",
  ],
} as const;

/** A kernel that applies maps. */
export type WinogradKernel = keyof typeof winogradMaps;

/** Name of a linear map. */
export type WinogradMap = (typeof winogradMaps)[WinogradKernel][number];

/** An algorithm `F(outputs, taps)`: `outputs + taps - 1` products for `outputs * taps`. */
export interface WinogradForm {
  /** Number of outputs of a tile. */
  outputs: number;
  /** Number of filter taps. */
  taps: number;
  /** Number of products, and of input elements, of a tile. */
  points: number;
  /** Map from input elements to points. */
  input: WinogradMap;
  /** Map from gradients of points, added to those of the elements. */
  inputGradient: WinogradMap;
  /** Maps from points to outputs: the map for `i + 1` outputs at index `i`. */
  output: readonly WinogradMap[];
  /** Maps from gradients of outputs to those of points, for `i + 1` outputs at index `i`. */
  outputGradient: readonly WinogradMap[];
  /** Map from taps to points. */
  filter: WinogradMap;
  /** Map from gradients of points to those of taps. */
  filterGradient: WinogradMap;
}

const single: WinogradForm = {
  outputs: 1,
  taps: 1,
  points: 1,
  input: "copy",
  inputGradient: "copy",
  output: ["copy"],
  outputGradient: ["copy"],
  filter: "copy",
  filterGradient: "copy",
};

const two: WinogradForm = {
  outputs: 2,
  taps: 2,
  points: 3,
  input: "input3",
  inputGradient: "inputGradient32",
  output: ["output31", "output32"],
  outputGradient: ["outputGradient13", "outputGradient23"],
  filter: "filter23",
  filterGradient: "filterGradient32",
};

const three: WinogradForm = {
  outputs: 3,
  taps: 2,
  points: 4,
  input: "input4",
  inputGradient: "inputGradient42",
  output: ["output41", "output42", "output43"],
  outputGradient: ["outputGradient14", "outputGradient24", "outputGradient34"],
  filter: "filter24",
  filterGradient: "filterGradient42",
};

const wide: WinogradForm = {
  outputs: 2,
  taps: 3,
  points: 4,
  input: "input4",
  inputGradient: "inputGradient43",
  output: ["output41", "output42Wide"],
  outputGradient: ["outputGradient14", "outputGradient24Wide"],
  filter: "filter34",
  filterGradient: "filterGradient43",
};

const five: WinogradForm = {
  outputs: 5,
  taps: 2,
  points: 6,
  input: "input6",
  inputGradient: "inputGradient62",
  output: ["output61", "output62", "output63", "output64", "output65"],
  outputGradient: [
    "outputGradient16",
    "outputGradient26",
    "outputGradient36",
    "outputGradient46",
    "outputGradient56",
  ],
  filter: "filter26",
  filterGradient: "filterGradient62",
};

const widest: WinogradForm = {
  outputs: 4,
  taps: 3,
  points: 6,
  input: "input6",
  inputGradient: "inputGradient63",
  output: ["output61", "output62", "output63", "output64Wide"],
  outputGradient: ["outputGradient16", "outputGradient26", "outputGradient36", "outputGradient46Wide"],
  filter: "filter36",
  filterGradient: "filterGradient63",
};

/** All algorithms. */
const winogradForms: readonly WinogradForm[] = [single, two, three, wide, five, widest];

/** An axis of a convolution over blocks of `stride` pixels, split into tiles. */
export interface WinogradAxis {
  /** The algorithm. */
  form: WinogradForm;
  /** Number of pixels in a block. */
  stride: number;
  /** Number of tiles. */
  tiles: number;
  /** Number of outputs. */
  outputs: number;
  /** Number of input pixels that the tiles cover, including the border. */
  pixels: number;
}

/** The possible algorithms for an axis with the given numbers of outputs and filter taps. */
export function winogradAxes(outputs: number, filterSize: number, stride: number): WinogradAxis[] {
  const taps = Math.ceil(filterSize / stride);
  return winogradForms
    .filter((form) => form.taps === taps)
    .map((form) => {
      const tiles = Math.ceil(outputs / form.outputs);
      return { form, stride, tiles, outputs, pixels: (tiles * form.outputs + taps - 1) * stride };
    });
}

/** Both axes of a convolution. */
export type WinogradAxes = readonly [vertical: WinogradAxis, horizontal: WinogradAxis];
