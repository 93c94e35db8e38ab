/** URL of the notices. */
export const noticesFile: URL;

/** The text of the notices. */
export function notices(): Promise<string>;
