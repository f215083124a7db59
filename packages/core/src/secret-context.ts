/** What each secret of a webhook is bound to, so that none can be moved to another place in Redis. */
export const secretContext = {
  authToken: (id: string): string => `${id}:auth_token`,
  password: (id: string): string => `${id}:auth_credentials.password`,
  oauthBody: (id: string): string => `${id}:auth_request_details.body`,
  customHeader: (id: string, name: string): string => `${id}:custom_headers.${name}`,
  signing: (id: string): string => `${id}:signing.secret`,
} as const;
