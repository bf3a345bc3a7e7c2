import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    setupFiles: ["src/courier/engine/testing.ts"],
    testTimeout: 60_000, // a busy machine is slow, not wrong: only what hangs is a failure
  },
});
