import type { LogLoss } from '@holdfast/core/plugin';
import type { FileOptions } from './options/schema.js';
import { CriDecoder } from './read/cri-decoder.js';
import type { RecordDecoder } from './read/decoder.js';
import { JsonDecoder } from './read/json-decoder.js';
import { RawDecoder } from './read/raw-decoder.js';
import { criEncoder, k8sFileEncoder } from './write/cri-encoder.js';
import type { RecordEncoder } from './write/encoder.js';
import { criGapLine, jsonGapLine, rawGapLine } from './write/gap-line.js';
import { JsonEncoder } from './write/json-encoder.js';
import { rawEncoder } from './write/raw-encoder.js';

/** How records look in a file. A new format is an entry here and a word in the options' schema. */
export interface LogFormat {
  readonly name: string;
  /** False: records have neither time nor stream. */
  readonly keepsHeads: boolean;
  /** True: `labels` of the options have a place in it. */
  readonly keepsLabels: boolean;
  /** One for each driver. `attrs`: a JSON object for each record, where the format has a place for it. */
  encoder(attrs?: string): RecordEncoder;
  /** A line, with its newline, that says that records are missing. `attrs` as of {@link encoder}. */
  gap(loss: LogLoss, attrs?: string): string;
  /** One for each file that is read. */
  decoder(): RecordDecoder;
}

export const FORMATS: Readonly<Record<FileOptions['format'], LogFormat>> = {
  cri: {
    name: 'cri',
    keepsHeads: true,
    keepsLabels: false,
    encoder: () => criEncoder,
    gap: (loss) => criGapLine(loss),
    decoder: () => new CriDecoder(),
  },
  'k8s-file': {
    name: 'k8s-file',
    keepsHeads: true,
    keepsLabels: false,
    encoder: () => k8sFileEncoder,
    gap: (loss) => criGapLine(loss, '+00:00'),
    decoder: () => new CriDecoder(),
  },
  json: {
    name: 'json',
    keepsHeads: true,
    keepsLabels: true,
    encoder: (attrs) => new JsonEncoder(attrs),
    gap: jsonGapLine,
    decoder: () => new JsonDecoder(),
  },
  raw: {
    name: 'raw',
    keepsHeads: false,
    keepsLabels: false,
    encoder: () => rawEncoder,
    gap: rawGapLine,
    decoder: () => new RawDecoder(),
  },
};
