// fast-check as the tests import it, from one seed, so that a run says the same of the same code wherever it is made.
// PROPERTY_SEED=random (or a number) looks further.
const fc = require('../../node_modules/fast-check/lib/cjs/fast-check.js');

const { PROPERTY_SEED: seed = '20261126' } = process.env;
if (seed !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });

module.exports = fc;
