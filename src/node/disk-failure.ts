/** Explanations of file system errors, and what to do about them. */

const remedies: Readonly<Record<string, string>> = {
  EACCES: "no permission; choose a directory that you may write to",
  EPERM: "no permission; choose a directory that you may write to",
  EROFS: "the file system is read-only; choose another directory",
  ENOSPC: "the disk is full; free some space",
  EDQUOT: "your quota of the disk is used up; free some space",
  ENOTDIR: "a part of the path is a file",
  EEXIST: "a file is in the way",
  EISDIR: "there is a folder where a file is expected; move it away",
  ERR_FS_EISDIR: "there is a folder where a file is expected; move it away",
  EMFILE: "this process has too many open files; close some, or raise the limit (ulimit -n)",
  ENFILE: "the system has too many open files",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the path is too long",
};

/** Explains an error with its code: what happened and what helps. */
export function reasonOf(cause: unknown): string {
  const code = codeOf(cause);
  if (code !== undefined && Object.hasOwn(remedies, code)) return `${remedies[code]} (${code})`;
  return cause instanceof Error ? cause.message : String(cause);
}

/** The code of a file system error, e.g. `"ENOENT"`; `undefined` for other errors. */
export function codeOf(cause: unknown): string | undefined {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
