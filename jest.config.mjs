const swc = {
  jsc: { parser: { syntax: "typescript" }, target: "es2023" },
  module: { type: "commonjs" },
  sourceMaps: "inline",
};

/** Workspace packages are read from their TypeScript sources, so tests need no build. */
const shared = {
  testEnvironment: "node",
  testEnvironmentOptions: { customExportConditions: ["posthorn-source", "node", "node-addons"] },
  transform: { "\\.ts$": ["@swc/jest", swc] },
  extensionsToTreatAsEsm: [],
  modulePathIgnorePatterns: ["/dist/"],
};

export default {
  // Real Redis and real processes on a machine that may be busy: what hangs is found all the same.
  testTimeout: 30_000,
  projects: [
    {
      ...shared,
      displayName: "unit",
      roots: [
        "<rootDir>/packages",
        "<rootDir>/services",
        "<rootDir>/bench",
        "<rootDir>/test/chaos",
        "<rootDir>/test/deploy",
        "<rootDir>/test/fuzz",
      ],
      testMatch: [
        "**/src/**/*.test.ts",
        "**/bench/**/*.test.ts",
        "**/test/chaos/**/*.test.ts",
        "**/test/deploy/**/*.test.ts",
        "**/test/fuzz/**/*.test.ts",
      ],
      testPathIgnorePatterns: ["\\.redis\\.test\\.ts$"],
    },
    {
      ...shared,
      displayName: "redis",
      roots: ["<rootDir>/packages", "<rootDir>/services"],
      testMatch: ["**/*.redis.test.ts"],
      globalSetup: "<rootDir>/test/support/redis-setup.ts",
      globalTeardown: "<rootDir>/test/support/redis-teardown.ts",
    },
    {
      ...shared,
      displayName: "ha",
      roots: ["<rootDir>/test/ha"],
      testMatch: ["**/*.test.ts"],
    },
    {
      ...shared,
      displayName: "e2e",
      roots: ["<rootDir>/test/e2e"],
      testMatch: ["**/*.test.ts"],
      globalSetup: "<rootDir>/test/support/redis-setup.ts",
      globalTeardown: "<rootDir>/test/support/redis-teardown.ts",
    },
  ],
};
