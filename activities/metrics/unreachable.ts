const authority =
  'its certificate is signed by an authority that this worker does not know: ' +
  "start the worker with NODE_EXTRA_CA_CERTS=FILE, where FILE has the authority's certificate as PEM";

/** What to do about errors of TLS whose own words do not say it. */
const hints: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: authority,
  UNABLE_TO_GET_ISSUER_CERT: authority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: authority,
  SELF_SIGNED_CERT_IN_CHAIN: authority,
  DEPTH_ZERO_SELF_SIGNED_CERT: authority,
  CERT_UNTRUSTED: authority,
  CERT_HAS_EXPIRED: "renew its certificate, or set this worker's clock if it is wrong",
  CERT_NOT_YET_VALID: "its certificate is not valid yet, or this worker's clock is wrong: set it",
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS: the address may have to begin with http://',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS: the address may have to begin with http://',
};

/** Why there was no answer. fetch says only "fetch failed"; the reason is in its cause. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError) return cause.errors.map(explain).join(', ');
  if (cause instanceof Error) return explain(cause);
  const hint = hints[(error as NodeJS.ErrnoException).code ?? ''];
  // Around what it says, OpenSSL has line feeds and the names of its source files.
  const message = /:SSL routines:[^:]*:([^:]+):/.exec(error.message)?.[1] ?? error.message;
  return hint === undefined ? message : `${message}; ${hint}`;
}
