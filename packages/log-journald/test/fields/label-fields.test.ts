import { describe, expect, it } from 'vitest';
import { fieldName, labelFields } from '../../src/fields/label-fields.js';
import { isOwnField } from '../../src/fields/own-fields.js';

const NONE = { names: [], pattern: undefined };

describe('the field of a label', () => {
  it.each([
    ['role', 'ROLE'],
    ['com.example/a-b', 'COM_EXAMPLE_A_B'],
    ['_UID', 'UID'],
    ['__x', 'X'],
    ['..', ''],
    ['1st', 'LABEL_1ST'],
    ['größe', 'GR__E'],
    ['a=b\nMESSAGE', 'A_B_MESSAGE'],
    ['x'.repeat(80), 'X'.repeat(64)],
    ['ıi', 'I'],
  ])('%j is %j', (key, name) => {
    expect(fieldName(key)).toBe(name);
  });
});

describe('the fields of labels', () => {
  const of = (labels: Record<string, string>, pattern = /./u) =>
    labelFields({ labels, annotations: {} }, { names: [], pattern }, isOwnField);

  it('are none unless they are chosen', () => {
    expect(labelFields({ labels: { a: '1' }, annotations: {} }, NONE, isOwnField)).toEqual({ fields: [], refused: [] });
  });

  it('never are those of the driver, of journald or of its readers', () => {
    const names = [
      'message',
      'priority',
      'container.id',
      'syslog.identifier',
      'holdfast_created',
      'message_id',
      'errno',
    ];
    expect(of(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual({ fields: [], refused: names.sort() });
  });

  it('that two labels would become is the first one', () => {
    expect(of({ 'a.b': '1', 'a-b': '2' })).toEqual({ fields: [['A_B', '2']], refused: ['a.b'] });
  });

  it('are no more than journald takes', () => {
    const { fields, refused } = of(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`l${i}`, ''])));
    expect([fields.length, refused.length]).toEqual([900, 100]);
  });
});
