const SEVERE = new Set(['error', 'fatal', 'panic']);

interface LogLine {
  readonly severe: boolean;
  readonly text: string;
}

/**
 * What a runtime said of its failure, oldest first: the errors in its log, else the lines on its stderr, else
 * whatever its log holds. Log lines are JSON (`level`, `msg`) or plain text.
 */
export function errorLines(log: string, stderr: string): string[] {
  const lines = split(log).map(parseLine);
  const severe = lines.filter((line) => line.severe);
  if (severe.length > 0) return severe.map((line) => line.text);
  const spoken = split(stderr);
  return spoken.length > 0 ? spoken : lines.map((line) => line.text);
}

function split(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

function parseLine(line: string): LogLine {
  const document = parseObject(line);
  if (document === undefined) return { severe: true, text: line };
  const { level, msg } = document;
  return {
    severe: typeof level !== 'string' || SEVERE.has(level),
    text: typeof msg === 'string' && msg.trim() !== '' ? msg : line,
  };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
