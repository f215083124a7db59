import { NavLink as RouterLink } from "react-router";
import { IconExternalLink } from "@tabler/icons-react";
import { useSession } from "../session/session-context.ts";
import classes from "./nav-links.module.css";
import { NAVIGATION } from "./navigation.ts";

/** The pages that the key may see; `onGo` is told when one was chosen. */
export function NavLinks({ onGo }: { readonly onGo: () => void }) {
  const { session } = useSession();
  return (
    <ul className={classes["list"]}>
      {NAVIGATION.filter(({ isFor }) => isFor(session)).map(({ label, to, icon: Icon, isOutside }) => (
        <li key={to}>
          {isOutside === true ? (
            <a className={classes["link"]} href={to} target="_blank" rel="noreferrer">
              <Icon size={18} stroke={1.7} aria-hidden />
              {label}
              <IconExternalLink size={14} className={classes["outside"]} aria-label="(opens in a new tab)" />
            </a>
          ) : (
            <RouterLink className={classes["link"] ?? ""} to={to} end={to === "/"} onClick={onGo}>
              <Icon size={18} stroke={1.7} aria-hidden />
              {label}
            </RouterLink>
          )}
        </li>
      ))}
    </ul>
  );
}
