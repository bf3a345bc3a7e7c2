import { defineConfig } from "vite";

// Built once into app/static/dist; app/web/assets.py reads the manifest. Nothing is inlined: the page's policy
// (default-src 'self') allows files only.
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ["chrome80", "firefox78", "safari14"],
    cssTarget: ["chrome80", "firefox78", "safari14"],
    rolldownOptions: {
      input: ["src/main.ts", "src/styles/citizen.css", "src/styles/staff.css"],
    },
  },
});
