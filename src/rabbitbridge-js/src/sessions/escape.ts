/** Escapes text for use between quotes in a filter: puts `\` before `"`, `'` and `\`. */
export function escape(text: string): string {
    return String(text).replace(/["'\\]/g, '\\$&');
}
