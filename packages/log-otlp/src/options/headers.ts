import { validateHeaderName, validateHeaderValue } from 'node:http';
import { invalid } from './invalid.js';

/** The driver's own. */
const OWN = [
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Headers that can be sent. Throws SHIM_CONFIG_INVALID that names the header, and not its value, which is secret. */
export function checkedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (fails(() => validateHeaderName(name)))
      throw invalid('headers', `has a name that no header can have: ${JSON.stringify(name)}`);
    if (fails(() => validateHeaderValue(name, value)))
      throw invalid(`headers.${name}`, 'holds characters that a header cannot have, such as a newline');
    if (OWN.includes(lower)) throw invalid(`headers.${name}`, 'is set by the driver', 'Leave it out.');
    if (seen.has(lower)) throw invalid(`headers.${name}`, 'is given twice', 'The case of letters does not count.');
    seen.add(lower);
  }
  return { ...headers };
}

function fails(check: () => void): boolean {
  try {
    check();
    return false;
  } catch {
    return true;
  }
}
