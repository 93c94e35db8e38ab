export const WORDS: [pattern: RegExp, suggestion: string][];
export function findWords(text: string): { line: number; word: string; suggestion: string }[];
export function checkedFiles(root: string): string[];
