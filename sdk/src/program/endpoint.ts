/** The endpoint of the chain that an environment names; programs take it where no flag names one. */
export function endpointIn({ ARTEL_RPC_URL: url }: Readonly<Record<string, string | undefined>>): string | undefined {
  return url === "" ? undefined : url;
}
