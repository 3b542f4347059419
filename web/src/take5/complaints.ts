import { ApiError } from "../shared/api-error";

const fieldNames: Readonly<Record<string, string>> = {
  givenName: "Given name",
  familyName: "Family name",
  phoneNumber: "Phone number",
  timezone: "Time zone",
  name: "Name",
  users: "Members",
  cadence: "Cadence",
  frequency: "Frequency",
  duration: "Length",
};

const aboutTheNumber: Readonly<Record<string, string>> = {
  "Invalid phone number format": "Ten digits, and the first is 2 to 9.",
  "Phone number already used": "Somebody else has this number.",
};

/// Take5's API complains in one sentence, which begins with the member that it is about: it belongs to that field.
export function atItsField(error: ApiError): ApiError {
  const words = aboutTheNumber[error.message];
  if (words) return new ApiError(error.status, error.message, { phoneNumber: words });
  const [, member = "", rest = ""] = /^(\w+) (.+)$/.exec(error.message) ?? [];
  const name = fieldNames[member];
  if (!name || error.status !== 400) return error;
  return new ApiError(error.status, `${name} ${rest}.`, {
    [member]: `${rest.charAt(0).toUpperCase()}${rest.slice(1)}.`,
  });
}

/// Runs a request of a form.
/// @throws ApiError with the complaint at its field.
export async function asked<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (caught) {
    throw caught instanceof ApiError ? atItsField(caught) : caught;
  }
}
