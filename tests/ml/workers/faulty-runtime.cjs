// Loaded before everything else into a model thread (`lost-model.cjs`): faults where the product meets the runtime, and nothing else changed.
// `webgpu` sessions compute on the cpu, so that the test needs no device, until their device is lost: from then on every run fails as the
// runtime's own do. A lethal run ends the thread in its middle.
const ort = require('onnxruntime-node');

const faults = JSON.parse(process.env.ADLOOM_TEST_FAULTS ?? process.argv.at(-1));
const create = ort.InferenceSession.create.bind(ort.InferenceSession);

ort.InferenceSession.create = async (model, options) => {
  const onDevice = options.executionProviders.some((provider) => provider.name === 'webgpu');
  const session = await create(model, { ...options, executionProviders: ['cpu'] });
  const run = session.run.bind(session);
  let runs = 0;
  session.run = (...args) => {
    runs++;
    if (onDevice && runs > (faults.runsOfDevice ?? Infinity)) return Promise.reject(new Error('[WebGPU] Device is lost.'));
    if (runs > (faults.runsOfThread ?? Infinity)) process.exit(9);
    return run(...args);
  };
  return session;
};
