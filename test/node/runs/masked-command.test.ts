import { expect, it } from "vitest";
import { maskedCommand } from "../../../src/node/runs/masked-command.js";

const masked = (command: string) => maskedCommand(command.split(" ")).join(" ");

it.each([
  ["--password hunter2", "--password ***"],
  ["--db-password=a=b", "--db-password=***"],
  ["--wandb-token hunter2 --seed 3", "--wandb-token *** --seed 3"],
  ["--apiKey hunter2", "--apiKey ***"],
  ["--client-secret -hunter2", "--client-secret ***"],
  ["--credentials file.json", "--credentials ***"],
  ["API_KEY=hunter2 train", "API_KEY=*** train"],
  ["--log https://me:hunter2@example.org/x", "--log https://me:***@example.org/x"],
  ["--auth Bearer", "--auth ***"],
])("%s is kept as %s", (command, kept) => expect(masked(command)).toBe(kept));

it.each(["--seed 3 --env CartPole-v1", "--passes 3", "train --token", "--lr=lin_1e-3 --out runs/x"])(
  "leaves %s unchanged",
  (command) => expect(masked(command)).toBe(command),
);
