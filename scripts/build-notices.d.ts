/** Where the notices are. */
export const noticesFile: URL;

/** The text of the notices. */
export function notices(): Promise<string>;
