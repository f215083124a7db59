import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const API = process.env["POSTHORN_API"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  // The API puts a fresh nonce in this text's place with each answer.
  html: { cspNonce: "__CSP_NONCE__" },
  build: {
    // What else would be made a data: URL, which the content security policy allows for images only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
  // Not of the page /api-keys.
  server: { proxy: { "^/api/": API } },
});
