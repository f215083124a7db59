import { promises } from "node:dns";

/**
 * Preloaded into services that are measured: they ask the DNS server that BENCH_DNS_SERVER names (`address:port`), which
 * in production is the system's affair.
 */
const server = process.env.BENCH_DNS_SERVER;
if (server !== undefined) {
  promises.Resolver = class extends promises.Resolver {
    constructor(options) {
      super(options);
      this.setServers([server]);
    }
  };
}
