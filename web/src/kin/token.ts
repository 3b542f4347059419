import { post } from "../shared/http";

interface TokenAnswer {
  success: boolean;
  token?: string;
  error?: string;
}

/// An access token of the Voice SDK from KIN's server; it is good for an hour.
export async function fetchToken(identity: string): Promise<string> {
  const answer = await post<TokenAnswer>("/api/voice/token", { identity });
  if (!answer.token) throw new Error(answer.error ?? "The server gave no access token.");
  return answer.token;
}
