import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import express, { Router } from "express";
import type { Request } from "express";
import { DomainError } from "@posthorn/core";

/** Where the console's build lies, seen from the sources and from the build alike. */
const BUILD = fileURLToPath(new URL("../../../console/dist/", import.meta.url));
/** The build has it where styles that are made in the browser say by whom. */
const NONCE_MARK = /__CSP_NONCE__/g;

const POLICY = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/**
 * The console: its files, and its one page under every path that nothing else has, since the page itself looks at the
 * path. Mounted behind all that answers.
 */
export function createConsoleRouter(build: string = BUILD): Router {
  const file = `${build}index.html`;
  const page = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  const router = Router();
  router.use("/assets", express.static(`${build}assets`, { immutable: true, maxAge: "1y", index: false }));
  router.use(express.static(build, { index: false, dotfiles: "ignore" }));
  router.use((request, response, next) => {
    // Programs that got a path or method wrong are told so in the API's shape.
    if (!isForBrowser(request)) {
      next();
      return;
    }
    if (page === undefined) {
      throw new DomainError("NOT_FOUND", [
        { message: "The console is not built: start Posthorn with npm start, or run npm run build" },
      ]);
    }
    const nonce = randomBytes(16).toString("base64");
    response.set({ "Content-Security-Policy": POLICY(nonce), "Cache-Control": "no-store" });
    response.type("html").send(page.replaceAll(NONCE_MARK, nonce));
  });
  return router;
}

function isForBrowser(request: Request): boolean {
  return (
    (request.method === "GET" || request.method === "HEAD") &&
    !/^\/(?:api|assets)(?:\/|$)/.test(request.path) &&
    request.accepts(["json", "html"]) === "html"
  );
}
