import { defineConfig, type Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";

const COLOUR = "#0f5a50";
const PAPER = "#fbf7ef";
const BROWSERS = ["chrome87", "firefox90", "safari15"];

const BASE = "/buu-ta/";

// main.tsx asks for the app when it knows its language: fetched beside it all the same, not after it
const fetchAppAtOnce: Plugin = {
  name: "fetch-app-at-once",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { bundle = {} }) =>
      Object.values(bundle)
        .flatMap((file) => (file.type === "chunk" && file.name === "open" ? [file.fileName, ...file.imports] : []))
        .map((fileName) => ({
          tag: "link",
          attrs: { rel: "modulepreload", crossorigin: true, href: BASE + fileName },
          injectTo: "head" as const,
        })),
  },
};

// The courier's app: built into app/static/courier, served below /buu-ta/ by app/web/couriers. Nothing is inlined: the
// page's policy allows files only. `--mode fixture` puts a server of invented people behind it (engine/fixture.ts).
export default defineConfig({
  root: "src/courier",
  base: BASE,
  build: {
    outDir: "../../../static/courier",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: BROWSERS,
    cssTarget: BROWSERS,
  },
  plugins: [
    fetchAppAtOnce,
    VitePWA({
      strategies: "generateSW",
      registerType: "prompt", // a new version waits until the courier asks for it
      injectRegister: null, // engine/worker.ts registers
      scope: "/buu-ta/",
      manifest: {
        id: "/buu-ta/",
        name: "Tận Nhà · Bưu tá",
        short_name: "Bưu tá",
        description: "Ngày làm việc của bưu tá, có mạng hay không.",
        lang: "vi",
        dir: "ltr",
        start_url: "/buu-ta/",
        scope: "/buu-ta/",
        display: "standalone",
        orientation: "portrait",
        theme_color: COLOUR,
        background_color: PAPER,
        icons: [
          { src: "icons/app-192.png", sizes: "192x192", type: "image/png", purpose: "any" },
          { src: "icons/app-512.png", sizes: "512x512", type: "image/png", purpose: "any" },
          { src: "icons/maskable-192.png", sizes: "192x192", type: "image/png", purpose: "maskable" },
          { src: "icons/maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
      },
      workbox: {
        globPatterns: ["**/*.{js,css,html,woff2,svg,wasm}", "assets/*.png", "icons/*-192.png"],
        maximumFileSizeToCacheInBytes: 3_000_000,
        ignoreURLParametersMatching: [/.*/],
        importScripts: ["push.js"], // what a closed app is told: public/push.js
        globIgnores: ["push.js"],
        navigateFallback: "/buu-ta/index.html",
        navigateFallbackDenylist: [/^\/api\//],
        cleanupOutdatedCaches: true,
        clientsClaim: true, // the first visit can go offline at once
        skipWaiting: false,
        sourcemap: false,
        inlineWorkboxRuntime: true,
      },
    }),
  ],
});
