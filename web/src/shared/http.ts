import { ApiError, toApiError } from "./api-error";

export const sessionPath = "/admin/api/session";

/// Requests to the page's own server; bodies both ways are JSON.

export function get<T>(path: string): Promise<T> {
  return send<T>("GET", path);
}

export function post<T>(path: string, body: unknown = {}): Promise<T> {
  return send<T>("POST", path, body);
}

let refused: () => void = () => undefined;

/// `told` learns when the server asks who it is: nobody has signed in, or that is over.
export function onSignInRequired(told: () => void): void {
  refused = told;
}

/// @throws ApiError for every refusal and for a server that cannot be reached (status 0).
export async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) init.body = JSON.stringify(body);
  const response = await fetch(path, init).catch(() => {
    throw toApiError(0, undefined);
  });
  const answer = await readJson(response);
  if (response.status === 401 && path !== sessionPath) refused();
  if (!response.ok) throw toApiError(response.status, answer);
  return answer as T;
}

/// A file that the server makes, as text. @throws ApiError like `send`.
export async function getText(path: string): Promise<string> {
  const response = await fetch(path, { credentials: "same-origin", cache: "no-store" }).catch(() => {
    throw toApiError(0, undefined);
  });
  if (response.status === 401) refused();
  if (!response.ok) throw toApiError(response.status, await readJson(response));
  return response.text();
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (!response.ok) return undefined;
    throw new ApiError(response.status, "Belfry's answer is not JSON.");
  }
}
