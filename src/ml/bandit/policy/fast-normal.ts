/**
 * The normal distribution where it is asked for a hundred thousand times: Hart's rational approximation as given by West 2005, "Better
 * approximations to cumulative normal functions". Absolute error below 1e-14. For tails at full relative precision there is
 * ../../metrics/normal.ts, at ten times the cost.
 *
 * @param z standardised @param kernel exp(-z^2 / 2), which callers need for the density too @returns P(Z <= z)
 */
export function fastNormalCdf(z: number, kernel: number): number {
  const x = Math.abs(z);
  let tail = 0;
  if (x < 7.07106781186547) {
    const over = (((((3.52624965998911e-2 * x + 0.700383064443688) * x + 6.37396220353165) * x + 33.912866078383) * x + 112.079291497871) * x + 221.213596169931) * x + 220.206867912376;
    const under = ((((((8.83883476483184e-2 * x + 1.75566716318264) * x + 16.064177579207) * x + 86.7807322029461) * x + 296.564248779674) * x + 637.333633378831) * x + 793.826512519948) * x + 440.413735824752;
    tail = (kernel * over) / under;
  } else if (x < 37) {
    tail = kernel / (x + 1 / (x + 2 / (x + 3 / (x + 4 / (x + 0.65))))) / 2.506628274631;
  }
  return z > 0 ? 1 - tail : tail;
}
