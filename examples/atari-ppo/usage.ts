/** Options of the example. */

export const usage = `PPO with a CfC on Atari

  node --import tsx examples/atari-ppo/index.ts [options]

  --env ID       Arcade/Breakout-v0 (built in, default), or real Atari such as
                 ALE/Breakout-v5
  --preset NAME  features: ball and paddle as numbers instead of frames, a CfC
                 without convolutions (default for Arcade/*)
                 small: 84x84x4 frames, convolutions that a CPU can train, a CfC
                 (default for real Atari)
                 document: the ncps guide's own network, hyper-parameters and
                 output, for a GPU; with --env ALE/Breakout-v5 its experiment
  --cont ID      continue from checkpoint ID (the printed number)
  --render       play instead of training, one game after the other; with --cont
                 the trained policy. In a pipe it is one game
  --page         show the training, or with --render the game, in a web page:
                 picture, curves, neurons
  --hours H      train for H hours, fractions allowed
                 (default: features 0.025, small 1, document 4)
  --seed N       seed of everything random (default 0)
  --help         this text`;
