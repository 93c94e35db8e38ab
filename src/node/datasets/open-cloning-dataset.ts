/** Download of the published Atari behaviour-cloning data. */

import { existsSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkOptions, optionNames } from "../../core/check-options.js";
import { DatasetError, InvalidArgumentError } from "../../core/errors.js";
import { AtariCloningDataset } from "../../datasets/atari-cloning.js";
import type { CloningSplit } from "../../datasets/cloning-format.js";
import { cloningFolder } from "./cloning-folder.js";
import { checkSum, type DownloadOptions, downloadFile } from "./download-file.js";
import { DamagedArchiveError, type ExtractCloningOptions, extractCloning } from "./extract-cloning.js";

const PUBLISHED = "https://people.csail.mit.edu/mlechner/datasets";

/** Options of {@link downloadCloningData}. */
export interface DownloadCloningOptions extends DownloadOptions, ExtractCloningOptions {
  /** Folder in which `data_atari_seq/<game>` is created, default the working directory. */
  rootDir?: string;
  /** URL of the archive, default that of ncps, which publishes no checksum: pass `sha256` to pin one. */
  url?: string;
}

const downloadNames = optionNames<DownloadCloningOptions>({
  rootDir: true,
  url: true,
  sha256: true,
  onProgress: true,
  signal: true,
  maxArchiveBytes: true,
  maxArchiveFiles: true,
  onFile: true,
  maxSequenceBytes: true,
});

/** Options of {@link openCloningDataset}. */
export interface OpenCloningOptions extends DownloadCloningOptions {
  /** The split to open, default `"train"`. */
  split?: CloningSplit;
  /** Whether a missing set is downloaded, default true. */
  download?: boolean;
}

const openNames = optionNames<OpenCloningOptions>({
  split: true,
  download: true,
  rootDir: true,
  url: true,
  sha256: true,
  onProgress: true,
  signal: true,
  maxArchiveBytes: true,
  maxArchiveFiles: true,
  onFile: true,
  maxSequenceBytes: true,
});

/**
 * Downloads and unpacks a published set, such as `"breakout"` (about 27 GB unpacked), into
 * `<rootDir>/data_atari_seq/<game>`. Archive and sequences are streamed to the disk and validated. An interrupted call
 * can be repeated: it continues with the files that are there.
 *
 * @returns the folder
 * @throws DatasetError when the server cannot be reached or refuses, the disk is full, or the archive is damaged
 */
export async function downloadCloningData(
  game: string,
  options: DownloadCloningOptions = {},
): Promise<string> {
  checkOptions("downloadCloningData", options, downloadNames);
  const { rootDir = ".", url = `${PUBLISHED}/${game}.zip` } = options;
  const folder = folderOf(game, rootDir);
  const archive = `${folder}.zip`;
  if (existsSync(folder) && !existsSync(archive) && !existsSync(`${archive}.part`)) return folder;
  if (!existsSync(archive)) await downloadFile(url, archive, options);
  else if (options.sha256 !== undefined) await checkSum(archive, url, options.sha256);
  await extractDownloaded(archive, folder, url, options);
  await rm(archive);
  return folder;
}

// An archive that cannot be used is deleted: otherwise the next call would fail on it again.
async function extractDownloaded(
  archive: string,
  folder: string,
  url: string,
  options: DownloadCloningOptions,
): Promise<void> {
  try {
    await extractCloning(archive, folder, options);
    if (existsSync(folder)) return;
    throw new DamagedArchiveError(`${archive}: holds no train_*.npz or val_*.npz`);
  } catch (cause) {
    if (!(cause instanceof DamagedArchiveError)) throw cause;
    await rm(archive, { force: true });
    throw new DatasetError(
      `${cause.message}. It came from ${url} and was removed: call again to download it once more, or open that address ` +
        "in a browser to see what the server sends; give another url when it is no zip archive",
      { cause },
    );
  }
}

/**
 * Opens one split of a data set: of a game by name, downloaded first if missing, or of any folder or archive.
 *
 * @param gameOrPath `"breakout"`; or a path with a separator: a folder of `train_*.npz` and `val_*.npz`, or a
 *   `.zip` of them, which is unpacked next to the archive
 * @throws DatasetError when it is missing and cannot be downloaded, or contains nothing of that split
 *
 * @example
 * ```ts
 * import { openCloningDataset } from "ncps-ts/node";
 *
 * const val = await openCloningDataset("breakout", { split: "val" });
 * const own = await openCloningDataset("./recorded/breakout", { split: "train" });
 * ```
 */
export async function openCloningDataset(
  gameOrPath: string,
  options: OpenCloningOptions = {},
): Promise<AtariCloningDataset> {
  checkOptions("openCloningDataset", options, openNames);
  const { split, download = true, ...others } = options;
  const { rootDir = ".", maxSequenceBytes } = others;
  let folder = gameOrPath;
  if (/^[a-z0-9_]+$/i.test(gameOrPath)) {
    folder = download ? await downloadCloningData(gameOrPath, others) : folderOf(gameOrPath, rootDir);
  } else if (gameOrPath.endsWith(".zip")) {
    folder = gameOrPath.slice(0, -".zip".length);
    await extractCloning(gameOrPath, folder, others);
  }
  const there = await stat(folder).catch(() => undefined);
  if (!there?.isDirectory()) throw new DatasetError(`could not find data: there is no folder ${folder}`);
  return AtariCloningDataset.open(cloningFolder(folder), { split, maxSequenceBytes });
}

function folderOf(game: string, rootDir: string): string {
  if (!/^[a-z0-9_]+$/i.test(game)) {
    throw new InvalidArgumentError("game", `expected a name such as "breakout", received "${game}"`);
  }
  return join(rootDir, "data_atari_seq", game);
}
