import { Loader } from "@mantine/core";
import classes from "./late-loader.module.css";

/** A spinner that shows only when something takes long enough to be noticed. */
export function LateLoader({ label }: { readonly label: string }) {
  return (
    <output className={classes["late"]}>
      <Loader size="sm" aria-hidden />
      {label}
    </output>
  );
}
