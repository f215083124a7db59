/** The tabs of a browser share its cookie, so that who signs in or out in one of them does so in all. */
const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("posthorn-session");

export function tellOtherTabs(): void {
  // A channel, unlike a window, reaches its own origin only.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  channel?.postMessage(null);
}

/** Calls back when somebody has signed in or out in another tab. */
export function hearOtherTabs(callback: () => void): void {
  channel?.addEventListener("message", callback);
}
