import { describe, expect, it } from 'vitest';
import { explain } from '../../../activities/metrics/unreachable.js';

/** As fetch throws it: what happened is in the cause. */
function failed(code: string, message: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) });
}

describe('why a source cannot be reached', () => {
  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'],
  ])('says of a private authority how a worker gets to know it: %s', (code, message) => {
    expect(explain(failed(code, message))).toMatch(
      new RegExp(
        `^${message}; its certificate is signed by an authority .* NODE_EXTRA_CA_CERTS=FILE, where FILE`,
      ),
    );
  });

  it('says of a certificate out of its time that a clock may be wrong', () => {
    const error = failed('CERT_HAS_EXPIRED', 'certificate has expired');
    expect(explain(error)).toBe(
      "certificate has expired; renew its certificate, or set this worker's clock if it is wrong",
    );
  });

  it('says of a server without TLS how the address may begin', () => {
    const said = '80:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../a.c:350:\n';
    expect(explain(failed('ERR_SSL_WRONG_VERSION_NUMBER', said))).toBe(
      'wrong version number; it does not speak TLS: the address may have to begin with http://',
    );
  });

  it('says of several tries why each failed', () => {
    const tries = new AggregateError([
      new Error('connect ECONNREFUSED ::1'),
      new Error('connect ECONNREFUSED'),
    ]);
    expect(explain(new TypeError('fetch failed', { cause: tries }))).toBe(
      'connect ECONNREFUSED ::1, connect ECONNREFUSED',
    );
  });
});
