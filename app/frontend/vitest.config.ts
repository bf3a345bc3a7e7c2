import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["src/courier/**/*.test.ts"], environment: "node", setupFiles: ["src/courier/engine/testing.ts"] },
});
