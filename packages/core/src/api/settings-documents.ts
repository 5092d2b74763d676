/** What a running shim can be told to do otherwise from now on. */
export interface ShimSettings {
  /** As in the config: `trace` to `fatal`. */
  readonly logLevel: string;
  /** How long it stays after its last container, milliseconds. */
  readonly idleTimeoutMs: number;
}

/** What {@link ShimSettings} were, and are. */
export interface SettingsDocument {
  readonly before: ShimSettings;
  readonly now: ShimSettings;
}
