/**
 * Plays five games, 3000 frames each with sticky actions, and compares memory and screen of every frame with ale-py.
 */

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ALEInterface } from "../src/index.js";
import { hasAle, python, traceAction } from "./support.js";

const FRAMES = 3000;

const ALE_PY = `
import hashlib, json, sys
import ale_py
from ale_py import roms
ale_py.ALEInterface.setLoggerMode(ale_py.LoggerMode.Error)
lines = {}
for game in sys.argv[2:]:
    ale = ale_py.ALEInterface()
    ale.setInt("random_seed", 123)
    ale.setFloat("repeat_action_probability", 0.25)
    ale.setInt("max_num_frames_per_episode", 1100)
    ale.loadROM(roms.get_rom_path(game))
    actions = ale.getMinimalActionSet()
    lines[game] = []
    for i in range(int(sys.argv[1])):
        reward = ale.act(actions[(i * 7 + i // 13 * 5) % len(actions)], 1.0)
        over = ale.game_over(with_truncation=False)
        screen = hashlib.md5(ale.getRAM().tobytes() + ale.getScreenGrayscale().tobytes()).hexdigest()
        lines[game].append(f"{reward} {ale.lives()} {int(over)} {int(ale.game_truncated())} {screen}")
        if ale.game_over():
            ale.reset_game()
print(json.dumps(lines))
`;

describe.skipIf(!hasAle)("frame by frame like ale-py", () => {
  const games = ["breakout", "pong", "space_invaders", "seaquest", "tetris"];
  let theirs: Record<string, string[]> | undefined;

  it.each(games)(`%s, ${FRAMES} frames with sticky actions`, (game) => {
    theirs ??= python<Record<string, string[]>>(ALE_PY, String(FRAMES), ...games);
    const ale = new ALEInterface();
    ale.setInt("random_seed", 123);
    ale.setFloat("repeat_action_probability", 0.25);
    ale.setInt("max_num_frames_per_episode", 1100);
    ale.loadROM(game);
    const actions = ale.getMinimalActionSet();
    const [ram, screen] = [new Uint8Array(128), new Uint8Array(210 * 160)];
    const ours: string[] = [];
    for (let i = 0; i < FRAMES; i++) {
      const reward = ale.act(actions[traceAction(i, actions.length)]);
      const over = ale.gameOver({ withTruncation: false });
      const hash = createHash("md5").update(ale.getRAM(ram)).update(ale.getScreenGrayscale(screen));
      ours.push(
        `${reward} ${ale.lives()} ${Number(over)} ${Number(ale.gameTruncated())} ${hash.digest("hex")}`,
      );
      if (ale.gameOver()) ale.resetGame();
    }
    ale.close();
    const difference = ours.findIndex((line, i) => line !== theirs?.[game][i]);
    expect(
      difference,
      `frame ${difference}: ${ours[difference]} here, ${theirs[game][difference]} there`,
    ).toBe(-1);
    expect(theirs[game]).toHaveLength(FRAMES);
    expect(ours.some((line) => / (1 0|0 1) /.test(line))).toBe(true); // games ended
    expect(new Set(ours.map((line) => line.slice(-32))).size).toBeGreaterThan(FRAMES / 4);
  });
});
