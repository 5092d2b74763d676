/** Body of `POST /v1/upgrade`: what is to run in the place of the shimd that is asked. */
export interface UpgradeRequest {
  /** Unique. The connection is cut when shimd leaves; the same request again gets the answer from the next one. */
  readonly requestId: string;
  /** Of the new shimd. */
  readonly version: string;
  /** The newest schema of state files that it reads. */
  readonly stateSchema: number;
  /** Absolute. */
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment of the new shimd. */
  readonly environment: Readonly<Record<string, string>>;
  /** Replaces a shimd of the same version too. */
  readonly force: boolean;
}

/** Answer of `POST /v1/upgrade`, by the shimd that serves now. */
export interface UpgradeDocument {
  /** `current`: it was of that version when it was asked. */
  readonly result: 'upgraded' | 'current';
  readonly version: string;
}
