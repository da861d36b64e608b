'use strict';
/** Tests run the TypeScript sources through swc; types are checked by tsc beside them (scripts/test.mjs). */
module.exports = {
  rootDir: __dirname,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
  moduleNameMapper: { '^fast-check$': '<rootDir>/tests/support/seeded-fast-check.cjs' },
  // Packages that are ES modules alone: Node requires them as they are, jest wants them translated.
  transformIgnorePatterns: ['/node_modules/(?!content-disposition/)'],
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: false },
          target: 'es2022',
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Far beyond what any test takes: two engines that share two busy cores were seen to take twenty times as long as alone.
  testTimeout: 240_000,
};
