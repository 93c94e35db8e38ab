/** Options of the example. */

export const usage = `labml's annotated PPO on Breakout

  node --import tsx examples/labml-breakout-ppo/index.ts [options]

  --env ID       Arcade/Breakout-v0 (built in, default), or the tutorial's
                 BreakoutNoFrameskip-v4 (real Atari)
  --preset NAME  labml (default): the tutorial's details, a game for every life
                 cleanrl: CleanRL's details, those that reach 400 points
  --updates N    updates of 8 x 128 steps
                 (default: 40 in the arcade, the tutorial's 10000 on real Atari)
  --hours H      ends after H hours, if that is earlier
  --run PATH     folder of the run (default runs/labml-<env>)
  --restart-behavior resume | restart | overwrite
                 what to do with an earlier run of that folder (default resume)
  --seed N       seed of everything random; worker i starts its games from N + i
                 (default 47, the tutorial's)
  --help         this text`;
