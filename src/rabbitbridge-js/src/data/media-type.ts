/** @internal The type that a content type names, in lower case: its parameters, blanks and the case of letters make no difference (RFC 9110, section 8.3.1). */
export function typeOf(contentType: string): string {
    const end = contentType.indexOf(';');
    return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}
