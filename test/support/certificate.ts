import { generateKeyPairSync, sign } from 'node:crypto';

/** A key and a certificate that it has signed itself, as PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const SHA256_WITH_ECDSA = Buffer.from('300a06082a8648ce3d040302', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const ALT_NAME = Buffer.from('0603551d11', 'hex');
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex');
const TRUE = Buffer.from('0101ff', 'hex');
const VERSION_3 = Buffer.from('a003020102', 'hex');
const DAY_MS = 86_400_000;

/** Made anew for a test, so that no key lies about: for `name`, as an authority too. */
export function makeCertificate(name: string): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = der(0x30, der(0x31, der(0x30, COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const validity = der(0x30, time(-DAY_MS), time(DAY_MS));
  const altName = der(0x30, ALT_NAME, der(0x04, der(0x30, der(0x82, Buffer.from(name)))));
  const constraints = der(0x30, BASIC_CONSTRAINTS, TRUE, der(0x04, der(0x30, TRUE)));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const body = der(
    0x30,
    VERSION_3,
    der(0x02, Buffer.of(1)),
    SHA256_WITH_ECDSA,
    subject,
    validity,
    subject,
    spki,
    der(0xa3, der(0x30, altName, constraints)),
  );
  const signature = der(0x03, Buffer.of(0), sign('sha256', body, privateKey));
  const certificate = der(0x30, body, SHA256_WITH_ECDSA, signature);
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  };
}

/** One value of ASN.1: tag, length, contents. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(contents);
  if (bytes.length < 0x80) return Buffer.concat([Buffer.of(tag, bytes.length), bytes]);
  return Buffer.concat([Buffer.of(tag, 0x82, bytes.length >> 8, bytes.length & 0xff), bytes]);
}

function time(offsetMs: number): Buffer {
  const text = new Date(Date.now() + offsetMs).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(text.slice(2)));
}
