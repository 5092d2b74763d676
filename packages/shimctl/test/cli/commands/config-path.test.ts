import { expect, it } from 'vitest';
import { ShimError } from '@holdfast/core/plugin';
import { FakeCli } from '../support/fake-cli.js';

it('config path lists every place, the strongest first, and the variables that are set, without their values', async () => {
  const cli = new FakeCli();
  cli.env = {
    HOLDFAST_LOG: 'x,token=secret',
    HOLDFAST_GROUP: 'g',
    HOLDFAST_ROOT: '',
    HOLDFAST_RUNTMIE: 'x',
    HOME: '/root',
  };
  cli.places = [
    { kind: 'system', path: '/etc/holdfast/config.json', state: 'used' },
    { kind: 'conf.d', path: '/etc/holdfast/conf.d/*', state: 'absent' },
    { kind: 'user', path: '/root/.config/holdfast/config.json', state: 'ignored', why: 'it is not yours' },
  ];
  const { code, stdout } = await cli.run('config', 'path');
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      'SOURCE       PLACE                               STATE',
      'environment  HOLDFAST_GROUP                      used',
      'environment  HOLDFAST_LOG                        used',
      'environment  HOLDFAST_RUNTMIE                    ignored: no such variable, did you mean "HOLDFAST_RUNTIME"?',
      'user         /root/.config/holdfast/config.json  ignored: it is not yours',
      'conf.d       /etc/holdfast/conf.d/*              absent',
      'system       /etc/holdfast/config.json           used',
      '',
    ].join('\n'),
  );
  expect(cli.configRequests).toEqual([]);
});

it('config path says why a place is refused, and exits with 1', async () => {
  const cli = new FakeCli();
  const error = new ShimError('SHIM_CONFIG_INSECURE', 'others could change it');
  cli.places = [{ kind: 'system', path: '/etc/holdfast/config.json', state: 'refused', error }];
  const { code, stdout } = await cli.run('--json', 'config', 'path');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual([
    { source: 'system', place: '/etc/holdfast/config.json', state: 'refused', why: 'others could change it' },
  ]);
});
