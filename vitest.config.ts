import type { ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = {
  test: {
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: "forks",
    // Continuous integration sets CI, which turns colours on; what tests read is the text.
    env: { NO_COLOR: "1" },
  },
};

export default config;
