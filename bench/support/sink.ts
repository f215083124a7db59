import { createServer } from "node:http";

/**
 * The target of a measurement: takes bodies as fast as it can, counts bytes and batches, and tells its parent.
 *
 * usage: sink.ts <port>
 */
const [port = "0"] = process.argv.slice(2);
const server = createServer((request, response) => {
  let bytes = 0;
  request.on("data", (part: Buffer) => {
    bytes += part.length;
  });
  request.on("end", () => {
    response.end();
    process.send?.({ bytes });
  });
});
server.listen(Number(port), "127.0.0.1", () => process.send?.("ready"));
