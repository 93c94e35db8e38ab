/** Options of the example. */

export const usage = `Dueling double DQN on Space Invaders

  node --import tsx examples/space-invaders-dqn/index.ts [options]

  --env ID          Arcade/SpaceInvaders-v0 (built in, default); or real Atari:
                    ALE/SpaceInvaders-v5, or the tutorial's SpaceInvaders-v0,
                    which skips 2 to 4 frames at random
  --preset NAME     features: 76 numbers instead of frames, an MLP
                    (default for Arcade/*)
                    small: 84x84x4 frames, small convolutions, prioritized
                    three-step replay, 8 games (default for real Atari)
                    document: the tutorial's own network and settings, in full
  --hours H         train for H hours (default: features 0.1, small 2)
  --steps N         train for N environment steps instead
  --episodes N      train for N episodes instead (default: document 1000000)
  --frames 3|4      frames in a stack, document only: 3 as in the article, 4 as
                    in its code (default 3)
  --quarters        document only: pixels keep the quarters of their means, as
                    in the document, instead of being rounded to bytes: a memory
                    of 6.7 GB instead of 1.7
  --memory N        frames in the replay memory (document: 200000 as in the
                    article; its code has 500000)
  --per             prioritized replay, --no-per without (default: the preset's)
  --skip N          play every action for N frames and show the brighter pixels
                    of the last two (default: small 4; others 0, which is as the
                    environment does)
  --as-published    the tutorial's exploration, which jumps from 0.19 to 0.1 at
                    step 500000, and its targets, for which the time limit is
                    the end of the game
  --clip-rewards    learn from the signs of rewards (the default of features and
                    small), --no-clip-rewards from the rewards
  --gif-every N     a GIF of every Nth episode of the first game, 0 for none
                    (default 100)
  --gif-size HxW    rows and columns of the GIFs (default: document 480x320,
                    others the game's own, 210x160)
  --run FOLDER      folder of the run (default runs/space-invaders-<preset>)
  --cont            go on with the run in the folder; without it an earlier run
                    is kept and a new folder taken
  --save-minutes M  minutes between checkpoints (default 5)
  --no-save-memory  checkpoints without the replay memory: small, but a resumed
                    run first plays to fill it again
  --seed N          seed of everything random (default 0)
  --help            this text`;
