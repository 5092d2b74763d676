import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter, PIECE_LIMIT, type Piece } from '../../src/read/splitter.js';

const bytes = fc.array(fc.constantFrom('a', 'b', '\n'), { maxLength: 60 }).map((all) => all.join(''));

describe('LineSplitter', () => {
  it('finds the same lines however the bytes are cut into chunks', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(60)), (text, cuts) => {
        const splitter = new LineSplitter(100);
        const edges = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const pieces: Piece[] = [];
        for (const [i, edge] of edges.slice(1).entries()) {
          pieces.push(...splitter.push(Buffer.from(text.slice(edges[i], edge))));
        }
        const rest = splitter.rest();
        const lines = text.split('\n');
        const unfinished = lines.pop();
        expect(pieces.map((piece) => piece.bytes.toString())).toEqual(lines);
        expect(pieces.every(({ starts, ends }) => starts && ends)).toBe(true);
        for (const piece of pieces)
          expect(text.slice(piece.at - 100)).toMatch(new RegExp(`^${piece.bytes.toString()}\n`));
        expect(rest?.bytes.toString() ?? '').toBe(unfinished);
      }),
    );
  });

  it('gives a long line in pieces of bounded size', () => {
    const splitter = new LineSplitter(0);
    const pieces = splitter.push(Buffer.alloc(2.5 * PIECE_LIMIT, 'x'));
    pieces.push(...splitter.push(Buffer.from('end\nnext\n')));
    expect(pieces.map((piece) => [piece.bytes.length, piece.starts, piece.ends])).toEqual([
      [PIECE_LIMIT, true, false],
      [PIECE_LIMIT, false, false],
      [PIECE_LIMIT / 2 + 3, false, true],
      [4, true, true],
    ]);
  });

  it('forgets what was cut off', () => {
    const splitter = new LineSplitter(0);
    splitter.push(Buffer.from('one\ntorn'));
    splitter.cut(6);
    expect(splitter.push(Buffer.from('!\n')).map((piece) => piece.bytes.toString())).toEqual(['to!']);
  });
});
