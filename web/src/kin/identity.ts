const key = "belfry-kin-identity";
const usual = "agent";

/// The name by which this browser was last reached. Storage may be forbidden; then it is the usual one.
export function storedIdentity(): string {
  try {
    return localStorage.getItem(key) ?? usual;
  } catch {
    return usual;
  }
}

export function storeIdentity(identity: string): void {
  try {
    localStorage.setItem(key, identity);
  } catch {
    // It lasts as long as the page.
  }
}

/// What the server takes for one: up to 121 printable ASCII characters without a space.
export function isIdentity(text: string): boolean {
  return /^[!-~]{1,121}$/.test(text);
}
