/**
 * What somebody else's server answered, as PostgreSQL takes it: no text column holds a zero byte, and a fault that was
 * refused for one would never be kept.
 */
export function faultText(fault: string): string {
  return fault.replaceAll('\0', '\u{FFFD}');
}
