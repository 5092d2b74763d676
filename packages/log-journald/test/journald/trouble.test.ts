import { describe, expect, it } from 'vitest';
import { journaldError } from '../../src/journald/trouble.js';

const failure = (code: string): Error => Object.assign(new Error(`${code}: no`), { code });

describe('an error of journald', () => {
  it.each([
    ['ENOENT', /is not there/, /systemctl start systemd-journald\.socket/],
    ['ECONNREFUSED', /nobody listens/, /systemctl restart systemd-journald\.socket systemd-journald\b/],
    ['ENOTCONN', /nobody listens/, /systemctl restart/],
    ['EACCES', /may not be reached/, /as root/],
    ['EPERM', /may not be reached/, /as root/],
    ['EAGAIN', /queue is full/, /limits\.logTimeout/],
    ['EMSGSIZE', /fails/, /journalctl -u systemd-journald/],
  ])('%s says what is wrong and what to do, the same for opening and writing', (code, what, remedy) => {
    const [open, write] = (['SHIM_LOG_OPEN', 'SHIM_LOG_WRITE'] as const).map((shimCode) =>
      journaldError(failure(code), { code: shimCode, namespace: undefined }),
    );
    expect(open).toMatchObject({ code: 'SHIM_LOG_OPEN', where: '/run/systemd/journal/socket' });
    expect(open!.message).toMatch(what);
    expect(open!.message).toContain(`${code}: no`);
    expect(open!.remedy).toMatch(remedy);
    expect([write!.message, write!.remedy]).toEqual([open!.message, open!.remedy]);
  });

  it('names the units of its namespace', () => {
    const { remedy } = journaldError(failure('ECONNREFUSED'), { code: 'SHIM_LOG_WRITE', namespace: 'web' });
    expect(remedy).toContain('systemd-journald@web.socket systemd-journald@web)');
  });
});
