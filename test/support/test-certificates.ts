import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DAYS = '2';

/** An authority, and certificates of a server (127.0.0.1) and of a client, made by openssl. Paths of PEM files. */
export class TestCertificates {
  readonly directory = mkdtempSync(join(tmpdir(), 'hf-pem-'));
  readonly ca = this.#path('ca.pem');
  readonly serverCert = this.#path('server.pem');
  readonly serverKey = this.#path('server.key');
  readonly clientCert = this.#path('client.pem');
  readonly clientKey = this.#path('client.key');

  /** `host`: the name of the server. */
  constructor(host: string) {
    const key = this.#path('ca.key');
    this.#openssl('req', '-x509', '-subj', '/CN=holdfast test', '-out', this.ca, '-keyout', key, ...NEW_KEY);
    this.#issue('server', `subjectAltName=DNS:${host},IP:127.0.0.1`);
    this.#issue('client', 'extendedKeyUsage=clientAuth');
  }

  /** For `tls.createServer`. */
  get server(): { ca: Buffer; cert: Buffer; key: Buffer } {
    const [ca, cert, key] = [this.ca, this.serverCert, this.serverKey].map((path) => readFileSync(path));
    return { ca: ca!, cert: cert!, key: key! };
  }

  /** A copy of the client's key, with a passphrase. */
  lockedKey(passphrase: string): string {
    const path = this.#path('locked.key');
    this.#openssl('ec', '-in', this.clientKey, '-out', path, '-aes256', '-passout', `pass:${passphrase}`);
    return path;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #issue(name: string, extension: string): void {
    const extensions = this.#path(`${name}.ext`);
    const request = this.#path(`${name}.csr`);
    const out = this.#path(`${name}.pem`);
    writeFileSync(extensions, `${extension}\n`);
    this.#openssl('req', '-subj', `/CN=${name}`, '-out', request, '-keyout', this.#path(`${name}.key`), ...NEW_KEY);
    const authority = ['-CA', this.ca, '-CAkey', this.#path('ca.key'), '-CAcreateserial'];
    this.#openssl('x509', '-req', '-in', request, ...authority, '-extfile', extensions, '-days', DAYS, '-out', out);
  }

  #path(name: string): string {
    return join(this.directory, name);
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: 'pipe' });
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', DAYS];
