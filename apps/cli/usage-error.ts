/** Options that do not go together; what commander cannot see by itself. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
