import { runPrecision } from '../../../src/modules/training/precision-verb';

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a classifier whose folder takes no report is refused before it is opened, let alone judged', async () => {
  await expect(runPrecision({ model: '/proc/self' })).rejects.toMatchObject({ code: 'BAD_INPUT', field: '/proc/self', message: expect.stringContaining('/proc/self cannot be written'), hint: expect.any(String) });
});

test('a classifier that is not there is missed as such, wherever it would be', async () => {
  await expect(runPrecision({ model: '/proc/no/such/model' })).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
});
