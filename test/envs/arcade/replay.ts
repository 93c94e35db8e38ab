import type { MeasuredGame } from "./breakout-measured.js";

/** One line of a recorded game. */
export interface Checkpoint {
  frame: number;
  score: number;
  lives: number;
  paddle: number;
  x: number;
  y: number;
  screen: number;
}

/** The actions of a recorded game, one per frame. */
export function actionsOf(game: MeasuredGame): number[] {
  const runs = [...game.actions.matchAll(/(\d*)([NFRL])/g)];
  return runs.flatMap(([, count, letter]) => Array<number>(Number(count || 1)).fill("NFRL".indexOf(letter)));
}

/** The checkpoints of a recorded game. */
export function checkpointsOf(game: MeasuredGame): Checkpoint[] {
  return game.checkpoints
    .trim()
    .split("\n")
    .map((line) => {
      const [frame, score, lives, paddle, x, y] = line.split(" ").map(Number);
      return { frame, score, lives, paddle, x, y, screen: Number.parseInt(line.split(" ")[6], 16) };
    });
}

/** FNV-1a hash, 32 bits. */
export function hash(bytes: Uint8Array): number {
  let h = 0x811c9dc5;
  for (const byte of bytes) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}
