/** Options of the example. */

export const usage = `Behaviour cloning of an Atari expert with Conv-CfC

  node --import tsx examples/atari-behavior-cloning/index.ts [options]

  --env ID        Arcade/Breakout-v0 (built in, default), or with --data real
                  Atari such as ALE/Breakout-v5
  --data PLACE    recorded sequences: a folder or .zip (a path with a /), or a
                  published set such as "breakout", which is downloaded
                  (default: a scripted player is recorded)
  --size NAME     small: the guide's cheaper encoder, for two cores (default)
                  document: the guide's own network and settings, for a GPU
  --form NAME     tf (default) or torch: which tab of the guide. It decides the
                  network, Adam's form and what is printed
  --epochs N      default 6 (small) or 50 (document); 0 only plays
  --sequences N   sequences to record (default 10240), and a sixteenth of them
                  for validation
  --noise P       probability of a random action while half of them are recorded
                  (default 0.15): the data then show how to recover
  --no-mirror     do not swap left and right in half of the sequences, as the
                  small size does in Breakout
  --balanced      weigh the actions so that all count alike
  --weights LIST  weights of the actions in the loss, e.g. 1,1,7,7
  --cont          continue the run in --out: finish what Ctrl-C stopped, else
                  train for --epochs more
  --dagger N      with --cont: first the clone plays N sequences more, which
                  the expert labels (DAgger); they join the recorded ones
  --render        in the end, play one game after the other in the terminal
                  until Ctrl-C, as the guide does; in a pipe it is one game
  --out FOLDER    checkpoint and curve (default runs/cloning)
  --seed N        seed of everything random (default 0)
  --help          this text`;
