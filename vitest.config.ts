import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "tools/**/*.test.ts", "bench/**/*.test.ts", "examples/**/*.test.ts"],
    pool: "threads",
    testTimeout: 60_000,
  },
});
