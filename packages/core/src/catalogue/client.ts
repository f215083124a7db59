/** Where a recipient acts, an event's address is the recipient's own: what such types say otherwise than the dictionary. */
export const CLIENT = {
  meanings: { ip_address: "The address from which the recipient’s program called." },
  samples: { ip_address: "198.51.100.17" },
} as const;
