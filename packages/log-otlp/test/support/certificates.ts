import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];

/** An authority with the certificate of a server `collector.test` (127.0.0.1) and of a client, made by openssl. */
export class Certificates {
  readonly directory = mkdtempSync(join(tmpdir(), 'hf-otlp-'));
  readonly ca = this.path('ca.pem');

  constructor() {
    this.#openssl(
      'req',
      '-x509',
      '-subj',
      '/CN=holdfast test',
      '-out',
      this.ca,
      '-keyout',
      this.path('ca.key'),
      ...NEW_KEY,
    );
    this.#issue('server', 'subjectAltName=DNS:collector.test,IP:127.0.0.1');
    this.#issue('client', 'extendedKeyUsage=clientAuth');
  }

  /** For a server; with `requestCert` it wants clients to have a certificate of the authority. */
  server(requestCert = false): {
    ca: Buffer;
    cert: Buffer;
    key: Buffer;
    requestCert: boolean;
    rejectUnauthorized: boolean;
  } {
    const [ca, cert, key] = ['ca.pem', 'server.pem', 'server.key'].map((name) => readFileSync(this.path(name)));
    return { ca: ca!, cert: cert!, key: key!, requestCert, rejectUnauthorized: requestCert };
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #issue(name: string, extension: string): void {
    const [extensions, request] = [this.path(`${name}.ext`), this.path(`${name}.csr`)];
    writeFileSync(extensions, `${extension}\n`);
    this.#openssl('req', '-subj', `/CN=${name}`, '-out', request, '-keyout', this.path(`${name}.key`), ...NEW_KEY);
    const authority = ['-CA', this.ca, '-CAkey', this.path('ca.key'), '-CAcreateserial', '-days', '2'];
    this.#openssl(
      'x509',
      '-req',
      '-in',
      request,
      ...authority,
      '-extfile',
      extensions,
      '-out',
      this.path(`${name}.pem`),
    );
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: 'pipe' });
  }
}
