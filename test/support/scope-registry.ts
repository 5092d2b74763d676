import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PackedPackage } from './packed-packages.js';

/** A registry on this machine that has the packed packages and no others. */
export interface ScopeRegistry {
  /** For `@holdfast:registry=`. */
  readonly url: string;
  close(): void;
}

/** Serves packed packages as a registry does, so that commands that install them can be run as they are printed. */
export async function serveScope(packages: readonly PackedPackage[]): Promise<ScopeRegistry> {
  // A path of its own: npm caches by address, and a port may come again.
  const base = `/${randomUUID()}`;
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const found = packages.find(({ name }) => path === `${base}/${name}` || path === `${base}/${name}.tgz`);
    if (found === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (path.endsWith('.tgz')) createReadStream(found.tarball).pipe(response);
    else
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify(document(found, addressOf(server) + base)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `${addressOf(server)}${base}/`, close: () => server.close() };
}

function document({ name, version, tarball, manifest }: PackedPackage, url: string): object {
  const integrity = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  const dist = { tarball: `${url}/${name}.tgz`, integrity };
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } };
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
