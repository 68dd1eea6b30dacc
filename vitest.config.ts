import { defineConfig } from "vitest/config";

const report = process.env["BULKHEAD_TEST_REPORT"];

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "tools/**/*.test.ts", "bench/**/*.test.ts", "integrations/**/*.test.ts"],
    pool: "threads",
    // Every core: left alone, vitest keeps one for itself, and on two cores that doubles the time.
    maxWorkers: "100%",
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
  },
});
