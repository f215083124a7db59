/** Where spans go, by OTLP over HTTP; all else that OpenTelemetry's variables say is up to its SDK. */
export interface TracingConfig {
  readonly url: string;
  readonly protocol: OtlpProtocol;
}

export const OTLP_PROTOCOLS = ["http/protobuf", "http/json"] as const;
export type OtlpProtocol = (typeof OTLP_PROTOCOLS)[number];

/** The variables that say whether and where to; the more particular ones go before. */
export interface OtlpVariables {
  readonly endpoint: string | undefined;
  readonly tracesEndpoint: string | undefined;
  readonly protocol: OtlpProtocol;
  readonly tracesProtocol: OtlpProtocol | undefined;
  readonly isDisabled: boolean;
}

/** `undefined` = nothing is traced. */
export function tracingConfig(variables: OtlpVariables): TracingConfig | undefined {
  const { endpoint, tracesEndpoint, protocol, tracesProtocol, isDisabled } = variables;
  const url = tracesEndpoint ?? (endpoint === undefined ? undefined : `${endpoint.replace(/\/+$/, "")}/v1/traces`);
  return url === undefined || isDisabled ? undefined : { url, protocol: tracesProtocol ?? protocol };
}

export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
