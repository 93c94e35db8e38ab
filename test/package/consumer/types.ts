import { AtariEnv } from "ale-bindings";
import { CfC, cartPolePPO, type Env, make, NcpsError, PPOTrainer, useBackend } from "ncps-ts";
import { type CfCOptions, Linear } from "ncps-ts/layers";
import { FileCheckpointStore, registerAtari } from "ncps-ts/node";

/** Uses the declarations as a typed program does. */
export async function program(): Promise<number> {
  const { name }: { name: string } = await useBackend("wasm");
  const trainer = new PPOTrainer({ ...cartPolePPO, env: "CartPole-v1", seed: 0 });
  await trainer.learn({ totalTimesteps: 1000 });
  const saved: string = await trainer.save({ store: new FileCheckpointStore("runs"), name });
  const ids: string[] = await registerAtari({ defaults: { obsType: "ram" } });
  const env: Env = make(ids[0]);
  env.close();
  const options: CfCOptions = { units: new Linear({ units: 8 }).units, mode: "pure" };
  const layer = new CfC(options);
  // @ts-expect-error there is no such mode: the declarations are not `any`
  new CfC({ units: 8, mode: "impure" });
  // @ts-expect-error `env` is missing
  new PPOTrainer({ ...cartPolePPO });
  const { reward }: { reward: number } = new AtariEnv("ALE/Pong-v5").step(0);
  if (layer.units < 8) throw new NcpsError("SMALL", `${saved} of ${layer.units}`);
  return reward;
}
