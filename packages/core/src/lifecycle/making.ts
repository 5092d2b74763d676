import type { Handed } from '../api/documents.js';
import type { GivenContainer } from '../bundle/given-bundle.js';
import type { GivenStdio } from '../stdio/given-io.js';
import type { Container } from './container.js';

/** What comes with a create, beside its request, from somebody in this process. */
export interface Making extends Handed {
  /** The bundle is given to the runtime as it is, and not looked at. */
  readonly given?: GivenContainer;
  /** The process gets these, which stay the caller's. Without a terminal alone. */
  readonly stdio?: GivenStdio;
  /** Called when the stdio is made and nothing runs yet; the create fails if it rejects. */
  readonly prepare?: (container: Container) => Promise<void>;
}
