import { createTheme } from "@mantine/core";
import type { CSSVariablesResolver } from "@mantine/core";

/** Fonts are those of the viewer's system: nothing is fetched, and text looks like the rest of the desktop. */
const SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace';

const CLOSE = { "aria-label": "Close" };
/** The library makes the head of a dialog a banner, and a page has one banner at most. */
const DIALOG = { header: { role: "presentation" } };

export const theme = createTheme({
  primaryColor: "indigo",
  // The library's own shade 6 has too little contrast under white text.
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: "md",
  cursorType: "pointer",
  // Of the same hue as the surfaces of global.css, on which the library's greys look brown.
  colors: {
    dark: [
      "#d5d9e0",
      "#b8bec9",
      "#8f97a6",
      "#6b7382",
      "#3d434e",
      "#353a44",
      "#252932",
      "#1f2228",
      "#14161b",
      "#0f1115",
    ],
  },
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  headings: {
    fontFamily: SANS,
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.375rem", lineHeight: "1.3" },
      h2: { fontSize: "1rem", lineHeight: "1.4" },
      h3: { fontSize: "0.875rem", lineHeight: "1.4" },
    },
  },
  components: {
    // Within text the colour alone does not tell a link; where a link stands for itself, it says "hover".
    Anchor: { defaultProps: { underline: "always" } },
    Button: { defaultProps: { size: "sm" } },
    Table: { defaultProps: { verticalSpacing: "xs", horizontalSpacing: "sm" } },
    Paper: { defaultProps: { withBorder: true, radius: "md" } },
    Modal: { defaultProps: { centered: true, closeButtonProps: CLOSE, attributes: DIALOG } },
    Drawer: { defaultProps: { position: "right", closeButtonProps: CLOSE, attributes: DIALOG } },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Dismiss" } } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true, events: { hover: true, focus: true, touch: false } } },
  },
});

/** Text colours that keep a contrast of 4.5 to 1 on every surface of their scheme, where the library's do not. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-dimmed": "#596170",
    "--mantine-color-placeholder": "#6b7280",
    "--mantine-color-error": "#c92a2a",
    "--mantine-color-red-outline": "#c92a2a",
    "--mantine-color-anchor": "#3b5bdb",
  },
  dark: {
    "--mantine-color-body": "#1b1e24",
    "--mantine-color-text": "#d5d9e0",
    "--mantine-color-dimmed": "#a0a7b4",
    "--mantine-color-placeholder": "#8f97a6",
    "--mantine-color-error": "#ff8787",
    "--mantine-color-anchor": "#91a7ff",
    "--mantine-color-default": "#1f2228",
    "--mantine-color-default-hover": "#272b33",
    "--mantine-color-default-border": "#363b45",
  },
});
