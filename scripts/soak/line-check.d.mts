export interface Figures {
  readonly lost: number;
  readonly holes: number;
  readonly doubled: number;
  readonly runs: number;
  readonly largest: number;
  readonly torn: number;
}

export interface LineCheckOptions {
  readonly marks: string;
  readonly first?: number;
  readonly joined?: boolean;
  readonly live?: boolean;
}

export class LineCheck {
  constructor(options: LineCheckOptions);
  readonly torn: string[];
  readonly remarks: string[];
  push(text: string): void;
  end(count?: number): Figures;
}
