import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../../..");

/** Licences under which what Posthorn is made of may be handed on with it, under Apache-2.0. */
const COMPATIBLE =
  "0BSD Apache-2.0 BlueOak-1.0.0 BSD-2-Clause BSD-3-Clause CC0-1.0 ISC MIT MIT-0 MPL-2.0 OFL-1.1 Python-2.0 Unlicense Zlib".split(
    " ",
  );

interface Locked {
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
}

/** `(MIT OR GPL-3.0)` leaves the choice. */
function isCompatible(licence: string): boolean {
  return licence
    .replaceAll(/[()]/g, "")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((name) => COMPATIBLE.includes(name)));
}

test("Posthorn is under Apache-2.0, and says so", () => {
  const licence = readFileSync(join(ROOT, "LICENSE"), "utf8");
  expect(licence).toMatch(/Apache License\s+Version 2\.0, January 2004/);
  expect(licence).toContain("END OF TERMS AND CONDITIONS");
  expect((JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { license: string }).license).toBe(
    "Apache-2.0",
  );
  expect(readFileSync(join(ROOT, "README.md"), "utf8")).toContain("[Apache-2.0](LICENSE)");
});

test("every package that is handed on with it has a licence that allows that", () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Record<string, Locked>;
  };
  const handedOn = Object.entries(packages).filter(
    ([path, { dev, devOptional, link }]) =>
      path.includes("node_modules/") && dev !== true && devOptional !== true && link !== true,
  );
  expect(handedOn.length).toBeGreaterThan(100);
  const strange = handedOn.filter(([, { license = "none" }]) => !isCompatible(license));
  expect(strange.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
});
