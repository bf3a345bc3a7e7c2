import tseslint from "typescript-eslint";

export default tseslint.config(
  { files: ["src/**/*.{ts,tsx}", "vite*.ts"] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: "./tsconfig.json" } },
    rules: {
      complexity: ["error", 8],
      "max-lines-per-function": ["error", 50],
      "max-params": ["error", 5],
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Names and addresses are text: use textContent." },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  { files: ["src/**/*.test.ts"], rules: { "max-lines-per-function": "off" } }, // a `describe` is a heading
  { files: ["eslint.config.js", "src/courier/public/*.js"], extends: [tseslint.configs.disableTypeChecked] },
);
