/**
 * Whether Advocate signed these bytes: a detached JWS, checked against the keys that Advocate publishes. All its tenants
 * share those keys, so a good signature says "Advocate", not yet "ours".
 */
import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  type FlattenedVerifyGetKey,
  flattenedVerify,
} from 'jose';
import { ProblemError } from '../contract/problems.ts';

export const SIGNATURE_HEADER = 'x-hook-jws-rfc-7797';

/** With a published key only: what is signed with a shared secret is not Advocate's word alone. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];
const KEYS_WITHIN_MS = 5_000;

const refused = (detail: string) =>
  new ProblemError('webhook_invalid', {
    detail,
    action: 'Compare ADVOCATE_API_BASE with where your tenant lives.',
  });

export type CheckSignature = (body: Uint8Array, header: string | undefined) => Promise<void>;

/** @param base where Advocate is reached; it publishes its keys below the same address. */
export function createSignatureCheck(base: string): CheckSignature {
  // Keeps the keys for ten minutes; one that it does not know makes it look again, twice a minute at most.
  const keys = createRemoteJWKSet(new URL(`${base}/.well-known/jwks.json`), {
    timeoutDuration: KEYS_WITHIN_MS,
  });

  /** @throws ProblemError `webhook_invalid`; `advocate_unreachable` where the keys cannot be had, so that it is sent again. */
  return async (body, header) => {
    const [head, payload, signature, ...rest] = (header ?? '').split('.');
    if (!head || payload !== '' || !signature || rest.length > 0)
      throw refused(`The header ${SIGNATURE_HEADER} holds no detached signature.`);
    const jws = { protected: head, payload: payloadFor(head, body), signature };
    try {
      await verify(jws, keys);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey)
        throw refused('It is signed with a key that Advocate does not publish.');
      if (isAboutKeys(error)) throw new ProblemError('advocate_unreachable', {}, { cause: error });
      throw refused('Its signature does not fit its body.');
    }
  };
}

/** The header is named for RFC 7797, whose `b64: false` signs the bytes as they are; without it they are encoded. */
function payloadFor(head: string, body: Uint8Array): Uint8Array | string {
  try {
    if (decodeProtectedHeader({ protected: head }).b64 === false) return body;
  } catch {
    throw refused(`The header ${SIGNATURE_HEADER} cannot be read.`);
  }
  return Buffer.from(body).toString('base64url');
}

type Jws = Parameters<typeof flattenedVerify>[0];

/** A signature that does not say which key made it is held against each that fits. */
async function verify(jws: Jws, keys: FlattenedVerifyGetKey): Promise<void> {
  try {
    await flattenedVerify(jws, keys, { algorithms: ALGORITHMS });
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        await flattenedVerify(jws, key, { algorithms: ALGORITHMS });
        return;
      } catch (failed) {
        if (!(failed instanceof errors.JWSSignatureVerificationFailed)) throw failed;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/** What the keys' address answered, or that it did not; a signature is refused in the words of a signature. */
const isAboutKeys = (error: unknown) =>
  !(error instanceof errors.JOSEError) ||
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  error.code === 'ERR_JOSE_GENERIC';
