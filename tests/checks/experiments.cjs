'use strict';
/**
 * Simulated experiments, looked at after every batch: how often the statistics of `ml/bandit/experiment` call a difference where there is
 * none, and one where there is. `product` gives the functions under judgement, so that the same simulations run over sources and over the build.
 */

/** Successes among n trials, exactly: by the gaps between successes where they are rare. */
function binomial(rng, n, p) {
  let successes = 0;
  if (p > 0.2) {
    for (let i = 0; i < n; i++) if (rng.next() < p) successes++;
    return successes;
  }
  const log = Math.log1p(-p);
  for (let i = -1; ; successes++) {
    i += 1 + Math.floor(Math.log(1 - rng.next()) / log);
    if (i >= n) return successes;
  }
}

/** Running moments of some variables, as a database would sum them. */
function tally(size) {
  const sums = Array.from({ length: size }, () => 0);
  const products = sums.map(() => Array.from({ length: size }, () => 0));
  const moments = { n: 0, sums, products };
  return {
    moments,
    add(row) {
      moments.n++;
      for (let i = 0; i < size; i++) {
        sums[i] += row[i];
        for (let j = 0; j < size; j++) products[i][j] += row[i] * row[j];
      }
    },
  };
}

/** One arm of each kind of experiment: batches in, an estimate out. `lift` multiplies what the metric measures. */
const KINDS = {
  rate: ({ p }) => (product, lift) => {
    let [successes, trials] = [0, 0];
    return {
      batch(rng, n) {
        successes += binomial(rng, n, p * lift);
        trials += n;
      },
      estimate: () => product.ratioEstimate({ n: trials, sums: [successes, trials], products: [[successes, successes], [successes, trials]] }),
    };
  },
  // People whose taste for clicking differs, with 1 to many impressions each: impressions of one person resemble each other.
  clicksOverImpressions: ({ p }) => (product, lift) => {
    const people = tally(2);
    return {
      batch(rng, n) {
        for (let i = 0; i < n; i++) {
          const impressions = 1 + Math.floor(Math.log(1 - rng.next()) / Math.log(0.75));
          people.add([binomial(rng, impressions, Math.min(1, p * lift * 2 * rng.next())), impressions]);
        }
      },
      estimate: () => product.ratioEstimate(people.moments),
    };
  },
  conversionsOverClicks: ({ p }) => (product, lift) => {
    const people = tally(2);
    return {
      batch(rng, n) {
        for (let i = 0; i < n; i++) {
          const clicks = binomial(rng, 10, 0.15);
          people.add([binomial(rng, clicks, p * lift), clicks]);
        }
      },
      estimate: () => product.ratioEstimate(people.moments),
    };
  },
  spendOverConversions: ({ p }) => (product, lift) => {
    const people = tally(2);
    return {
      batch(rng, n) {
        for (let i = 0; i < n; i++) people.add([(0.5 + rng.next()) / lift, rng.next() < p ? 1 : 0]);
      },
      estimate: () => product.ratioEstimate(people.moments),
    };
  },
  // Baskets are log-normal: few are worth much.
  valueOverSpend: ({ p }) => (product, lift) => {
    const people = tally(2);
    return {
      batch(rng, n) {
        for (let i = 0; i < n; i++) people.add([rng.next() < p ? lift * Math.exp(rng.normal()) : 0, 0.5 + rng.next()]);
      },
      estimate: () => product.ratioEstimate(people.moments),
    };
  },
};

const SCENARIOS = [
  { name: 'rate 0.5 %, 500 : 500 a look', kind: 'rate', p: 0.005, batch: [500, 500] },
  { name: 'rate 1 %, 1,000 : 1,000', kind: 'rate', p: 0.01, batch: [1_000, 1_000] },
  { name: 'rate 1 %, 900 : 100', kind: 'rate', p: 0.01, batch: [900, 100] },
  { name: 'rate 5 %, 200 : 200', kind: 'rate', p: 0.05, batch: [200, 200] },
  { name: 'rate 50 %, 50 : 50', kind: 'rate', p: 0.5, batch: [50, 50] },
  { name: 'CTR by person (about 5 %), 50 : 50 people', kind: 'clicksOverImpressions', p: 0.05, batch: [50, 50] },
  { name: 'CVR by person (10 %), 50 : 50 people', kind: 'conversionsOverClicks', p: 0.1, batch: [50, 50] },
  { name: 'CPA (5 % convert), 100 : 100 people', kind: 'spendOverConversions', p: 0.05, batch: [100, 100] },
  { name: 'ROAS (5 % buy, log-normal baskets), 100 : 100', kind: 'valueOverSpend', p: 0.05, batch: [100, 100] },
];

/**
 * Runs of one scenario. Each run looks `looks` times and remembers whether any look called a difference.
 * @returns shares of runs: `called` by the sequence, `naive` by a z-test at every look, `missed` the truth outside the sequence at some look.
 */
function peek(product, scenario, { runs, looks, seed, lift = 1 }) {
  const rng = product.createRng(seed).fork(scenario.name);
  const arm = KINDS[scenario.kind](scenario);
  const truth = lift === 1 ? 0 : null;
  let [called, naive, missed, firstCalls] = [0, 0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const [control, treatment] = [arm(product, 1), arm(product, lift)];
    let [found, tested, outside] = [0, false, false];
    for (let look = 1; look <= looks; look++) {
      control.batch(rng, scenario.batch[0]);
      treatment.batch(rng, scenario.batch[1]);
      const [c, t] = [control.estimate(), treatment.estimate()];
      const { value, low, high, eValue } = product.differenceSequence(t, c);
      if (eValue >= 20 && found === 0) found = look;
      // Spread over the same looks as the sequence, so that only the method differs.
      if (Number.isFinite(low) && Math.abs(value) > 1.96 * Math.sqrt(t.variance / t.units + c.variance / c.units)) tested = true;
      const difference = truth ?? (scenario.kind === 'rate' ? scenario.p * (lift - 1) : null);
      if (difference !== null && (low > difference || high < difference)) outside = true;
    }
    if (found > 0) [called, firstCalls] = [called + 1, firstCalls + found];
    if (tested) naive++;
    if (outside) missed++;
  }
  return { called: called / runs, naive: naive / runs, missed: missed / runs, meanLook: called > 0 ? firstCalls / called : null };
}

/** How often the exact sequence of a rate leaves its truth out, looked at after every batch from the first. */
function rateCoverage(product, { p, batch, runs, looks, seed }) {
  const rng = product.createRng(seed).fork(`rate ${p}`);
  let [missed, width] = [0, 0];
  for (let run = 0; run < runs; run++) {
    let [successes, outside, last] = [0, false, null];
    for (let look = 1; look <= looks; look++) {
      successes += binomial(rng, batch, p);
      last = product.rateSequence(successes, look * batch);
      if (last.low > p || last.high < p) outside = true;
    }
    if (outside) missed++;
    width += (last.high - last.low) / runs;
  }
  return { missed: missed / runs, width };
}

/** How often the sample-ratio check calls a split, looked at after every batch; `share` is where the first of two arms really stands. */
function sampleRatios(product, { weights, share, batch, runs, looks, seed }) {
  const rng = product.createRng(seed).fork(`split ${share}`);
  let called = 0;
  for (let run = 0; run < runs; run++) {
    const counts = [0, 0];
    for (let look = 0; look < looks; look++) {
      const first = binomial(rng, batch, share);
      counts[0] += first;
      counts[1] += batch - first;
      if (product.sampleRatio(counts, weights).mismatch) {
        called++;
        break;
      }
    }
  }
  return called / runs;
}

/** CUPED at a correlation, a share of the people new: the cut in variance, and how often an A/A run is called at any look. */
function cupedRuns(product, { correlation, unknown, batch, runs, looks, seed, effect = 0 }) {
  const rng = product.createRng(seed).fork(`cuped ${correlation} ${unknown} ${effect}`);
  let [called, plain, cut] = [0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const arms = [0, 1].map(() => tally(4));
    let [found, without, last] = [false, false, null];
    for (let look = 0; look < looks; look++) {
      arms.forEach((arm, at) => {
        for (let i = 0; i < batch; i++) {
          const x = rng.normal();
          const y = 10 + at * effect + correlation * x + Math.sqrt(1 - correlation ** 2) * rng.normal();
          const known = rng.next() >= unknown;
          arm.add([y, 1, known ? 5 + x : 0, known ? 1 : 0]);
        }
      });
      last = product.cuped(arms.map(({ moments }) => moments));
      if (product.differenceSequence(last.arms[1], last.arms[0]).eValue >= 20) found = true;
      const [control, treatment] = arms.map(({ moments: { n, sums, products } }) => product.ratioEstimate({ n, sums: sums.slice(0, 2), products: products.slice(0, 2).map((row) => row.slice(0, 2)) }));
      if (product.differenceSequence(treatment, control).eValue >= 20) without = true;
    }
    if (found) called++;
    if (without) plain++;
    cut += last.varianceCut / runs;
  }
  return { called: called / runs, plain: plain / runs, varianceCut: cut };
}

/** Many metrics, some of which moved: the mean share of false findings among the findings, at the look where most are found. */
function falseDiscoveries(product, { metrics, moved, batch, lift, p, runs, looks, seed }) {
  const rng = product.createRng(seed).fork('discoveries');
  const arm = KINDS.rate({ p });
  const share = { eBenjaminiHochberg: [0, 0], each: [0, 0] };
  for (let run = 0; run < runs; run++) {
    const pairs = Array.from({ length: metrics }, (_, i) => [arm(product, 1), arm(product, i < moved ? lift : 1)]);
    const worst = { eBenjaminiHochberg: [0, 0], each: [0, 0] };
    for (let look = 0; look < looks; look++) {
      const eValues = pairs.map(([control, treatment]) => {
        control.batch(rng, batch);
        treatment.batch(rng, batch);
        return product.differenceSequence(treatment.estimate(), control.estimate()).eValue;
      });
      const found = { eBenjaminiHochberg: product.eBenjaminiHochberg(eValues).found, each: eValues.map((e) => e >= 20) };
      for (const method of Object.keys(worst)) {
        const wrong = found[method].filter((is, i) => is && i >= moved).length;
        const right = found[method].filter((is, i) => is && i < moved).length;
        worst[method] = [Math.max(worst[method][0], wrong / Math.max(1, wrong + right)), right / moved];
      }
    }
    for (const method of Object.keys(share)) share[method] = share[method].map((total, i) => total + worst[method][i] / runs);
  }
  return share;
}

/**
 * How often the score's distribution is called drifted when nothing changed, and when high ones became more frequent (density ~ u^shift);
 * `ruleOfThumb` says psi >= 0.1 alone.
 */
function drifts(product, { bins, baseline, current, shift, runs, seed }) {
  const rng = product.createRng(seed).fork(`drift ${shift} ${current}`);
  const draw = (n, by) => {
    const counts = Array.from({ length: bins }, () => 0);
    for (let i = 0; i < n; i++) counts[Math.floor(bins * rng.next() ** (1 / (1 + by)))]++;
    return counts;
  };
  let [called, thumb, significant] = [0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const { psi, pValue, drifted } = product.populationStability(draw(baseline, 0), draw(current, shift));
    if (drifted) called++;
    if (psi >= 0.1) thumb++;
    if (pValue <= 0.05) significant++;
  }
  return { called: called / runs, ruleOfThumb: thumb / runs, significant: significant / runs };
}

module.exports = { SCENARIOS, peek, rateCoverage, sampleRatios, cupedRuns, falseDiscoveries, drifts };
