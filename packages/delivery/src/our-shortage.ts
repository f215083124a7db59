/** This process or its machine ran out of something: no fault of the target, or of a proxy. */
export function isOurShortage(errorCode: string): boolean {
  return /^(EMFILE|ENFILE|ENOBUFS|ENOMEM|ELOOKUPBUSY)$/.test(errorCode);
}
