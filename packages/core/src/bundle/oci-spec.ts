/** What the shim reads of a bundle's config.json (OCI runtime specification). Everything else is the runtime's. */
export interface OciSpec {
  readonly ociVersion?: string;
  readonly process: OciProcess;
  readonly root: { readonly path: string; readonly readonly?: boolean };
  readonly mounts?: readonly {
    readonly destination: string;
    readonly type?: string;
    readonly source?: string;
    readonly options?: readonly string[];
  }[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux?: {
    readonly cgroupsPath?: string;
    readonly namespaces?: readonly { readonly type: string; readonly path?: string }[];
  };
}

/** The `process` object of the specification. */
export interface OciProcess {
  readonly terminal?: boolean;
  readonly consoleSize?: { readonly height: number; readonly width: number };
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: readonly string[];
  readonly [key: string]: unknown;
}
