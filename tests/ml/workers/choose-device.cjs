// What ENGINE_DEVICE comes to in this environment. The time limit is the test's: software drivers on a busy machine take theirs.
const { answer, product } = require('./answer.cjs');
const { chooseDevice } = product('ml/devices/choose-device');
const { probeDevice } = product('ml/devices/probe-device');

answer(({ setting, limitMs }) =>
  chooseDevice(setting, (device, options) => probeDevice(device, { ...options, limitMs: limitMs ?? options.limitMs })).then(
    (choice) => choice,
    ({ code, message, field, hint }) => ({ code, message, field, hint }),
  ),
);
