import { describe, expect, it } from "vitest";
import { ApiError } from "../shared/api-error";
import { asked, atItsField } from "./complaints";

const fieldsOf = (message: string, status = 400) => atItsField(new ApiError(status, message)).fields;

describe("a complaint of Take5", () => {
  it("goes to the field that it names", () => {
    expect(fieldsOf("frequency must be 1 to 7 for a weekly group")).toEqual({
      frequency: "Must be 1 to 7 for a weekly group.",
    });
    expect(fieldsOf("givenName must have 1 to 50 characters")).toHaveProperty("givenName");
  });

  it("goes to the number when it is about one", () => {
    expect(fieldsOf("Invalid phone number format")).toHaveProperty("phoneNumber");
    expect(fieldsOf("Phone number already used", 409)).toHaveProperty("phoneNumber");
  });

  it("stays a sentence when it is about no field", () => {
    expect(fieldsOf("Group not found", 404)).toEqual({});
    expect(fieldsOf("Service unavailable: the disk is full", 503)).toEqual({});
    expect(fieldsOf("user 7 does not exist")).toEqual({});
  });

  it("is what a refused request of a form ends with", async () => {
    const refused = asked(Promise.reject(new ApiError(400, "name must have 1 to 100 characters")));
    await expect(refused).rejects.toMatchObject({ fields: { name: "Must have 1 to 100 characters." } });
    await expect(asked(Promise.resolve(3))).resolves.toBe(3);
  });
});
