import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server's private key and its certificate, PEM. */
export interface SelfSigned {
  readonly key: Buffer;
  readonly cert: Buffer;
}

const LOOPBACK = "DNS:localhost,IP:127.0.0.1";

/** A key and a certificate, unless told for `localhost` and `127.0.0.1`, that nobody vouches for. Needs `openssl`. */
export function selfSigned({ names = LOOPBACK, isExpired = false } = {}): SelfSigned {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-tls-"));
  try {
    const [key, cert, request] = [join(folder, "key.pem"), join(folder, "cert.pem"), join(folder, "request.pem")];
    const openssl = (...args: readonly string[]): Buffer => execFileSync("openssl", args, { stdio: "ignore" });
    const about = ["-newkey", "rsa:2048", "-nodes", "-keyout", key, "-subj", "/CN=localhost"];
    const named = [...about, "-addext", `subjectAltName=${names}`];
    if (isExpired) {
      // `req` alone takes no days in the past.
      openssl("req", ...named, "-out", request);
      openssl("x509", "-req", "-in", request, "-signkey", key, "-days", "-1", "-out", cert);
    } else {
      openssl("req", "-x509", "-days", "1", ...named, "-out", cert);
    }
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
