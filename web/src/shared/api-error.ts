/// A refusal by the server in words for a person: one sentence, and one per form field that caused it.
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }

  /// The same without the complaint about one field; null when there was no other.
  without(field: string): ApiError | null {
    if (!(field in this.fields)) return this;
    const rest = Object.fromEntries(Object.entries(this.fields).filter(([name]) => name !== field));
    return Object.keys(rest).length > 0 ? new ApiError(this.status, this.message, rest) : null;
  }
}

/// Reads both error shapes of the server: problem details (RFC 9457, `errors[].pointer`)
/// and the `detail` of the notifications face (a sentence, or a list with `loc`).
export function toApiError(status: number, body: unknown): ApiError {
  const fallback =
    status === 0 ? "Belfry does not answer. Is it running?" : `Belfry answered with status ${status}.`;
  if (!isRecord(body)) return new ApiError(status, fallback);
  if (Array.isArray(body.detail)) {
    const fields = collect(body.detail, locField, "msg");
    return new ApiError(
      status,
      Object.keys(fields).length ? "Please correct the marked fields." : fallback,
      fields,
    );
  }
  const fields = Array.isArray(body.errors) ? collect(body.errors, pointerField, "message") : {};
  const [sentence] = [body.detail, body.title, withCause(body), body.message].filter(isText);
  return new ApiError(status, sentence ?? fallback, fields);
}

/// "Service unavailable" says little without what is wrong there.
function withCause({ error, message }: Record<string, unknown>): unknown {
  return isText(error) && isText(message) ? `${error}: ${message}` : error;
}

function collect(
  list: unknown[],
  nameOf: (entry: Record<string, unknown>) => string,
  textKey: string,
): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const entry of list) {
    if (!isRecord(entry)) continue;
    const name = nameOf(entry);
    const text = entry[textKey];
    if (name && typeof text === "string" && !(name in fields)) fields[name] = atField(name, text);
  }
  return fields;
}

/// The server's words name the member and sometimes the kind of complaint; at the field itself both are known:
/// "to is neither a telephone number nor …" → "Neither a telephone number nor …".
function atField(name: string, text: string): string {
  const words = text
    .replace(/^Value error, /, "")
    .replace(new RegExp(`^${name} (is )?`), "")
    .replace(/^String should/, "Should");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function locField(entry: Record<string, unknown>): string {
  return Array.isArray(entry.loc) ? String(entry.loc.at(-1) ?? "") : "";
}

function pointerField(entry: Record<string, unknown>): string {
  return typeof entry.pointer === "string" ? entry.pointer.replace(/^#?\//, "") : "";
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
