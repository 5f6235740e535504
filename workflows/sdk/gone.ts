/** Whether a signal to another workflow failed because that has ended: the SDK says so by its message alone. */
export function isGone(error: unknown): boolean {
  return /not found/.test(String(error));
}
