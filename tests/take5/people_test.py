"""Users and groups of Take5 over HTTP."""

import unittest

from take5.people import TIME, WithServer, add_group, add_user, must, new_number


class People(WithServer):
    def test_a_user_is_added_changed_listed_and_removed(self):
        number = new_number()
        user = add_user(self.server, number, timezone="America/New_York")
        self.assertEqual(
            user,
            {
                "id": user["id"], "givenName": "Alice", "familyName": "Johnson", "phoneNumber": number,
                "timezone": "America/New_York", "groups": [],
            },
        )  # fmt: skip
        path = f"/api/user/{user['id']}"
        self.assertEqual(self.ask("GET", path), (200, user))
        self.assertIn(user, must(self.server, "GET", "/api/user"))
        status, changed = self.ask("PUT", path, {"familyName": "Lee", "timezone": "EST"})
        self.assertEqual((status, changed), (200, user | {"familyName": "Lee", "timezone": "EST"}))
        self.assertEqual(self.ask("DELETE", path), (204, ""))
        self.assertEqual(self.ask("GET", path), (404, {"error": "User not found", "userId": user["id"]}))
        self.assertEqual(self.ask("DELETE", path)[0], 404)

    def test_a_number_belongs_to_one_user(self):
        number = new_number()
        add_user(self.server, number)
        other = add_user(self.server)
        taken = {"error": "Phone number already used", "phoneNumber": number}
        body = {"givenName": "Bob", "familyName": "Smith", "phoneNumber": number}
        self.assertEqual(self.ask("POST", "/api/user", body), (409, taken))
        self.assertEqual(self.ask("PUT", f"/api/user/{other['id']}", {"phoneNumber": number}), (409, taken))

    def test_wrong_users_are_refused(self):
        good = {"givenName": "Ann", "familyName": "Lee", "phoneNumber": new_number()}
        for wrong in (
            {"givenName": ""}, {"givenName": "x" * 51}, {"familyName": None}, {"familyName": 7},
            {"phoneNumber": "555"}, {"phoneNumber": "+15551234567"}, {"phoneNumber": 5551234567},
            {"timezone": "Mars/Olympus"}, {"groups": [424242]}, {"groups": "1"},
        ):  # fmt: skip
            status, answer = self.ask("POST", "/api/user", good | wrong)
            self.assertEqual(status, 400, (wrong, answer))
            self.assertTrue(answer["error"], wrong)
        status, answer = self.ask("POST", "/api/user", good | {"phoneNumber": "1234567890"})
        self.assertEqual((status, answer), (400, {"error": "Invalid phone number format", "phoneNumber": "1234567890"}))

    def test_a_group_has_its_users_and_they_have_it(self):
        numbers = [new_number(), new_number()]
        group = add_group(self.server, numbers, cadence="weekly", frequency=2, duration=30)
        self.assertEqual([user["phoneNumber"] for user in group["users"]], numbers)
        self.assertEqual((group["cadence"], group["frequency"], group["duration"]), ("weekly", 2, 30))
        self.assertIs(group["enabled"], True)
        self.assertEqual(group["rollCall"], {})
        self.assertRegex(group["nextCallTime"], TIME)
        user = must(self.server, "GET", f"/api/user/{group['users'][0]['id']}")
        self.assertEqual([each["id"] for each in user["groups"]], [group["id"]])
        must(self.server, "DELETE", f"/api/user/{user['id']}", status=204)
        shown = must(self.server, "GET", f"/api/group/{group['id']}")
        self.assertEqual([each["phoneNumber"] for each in shown["users"]], numbers[1:])
        self.assertIn(shown, must(self.server, "GET", "/api/group"))
        # What was read can be sent back.
        self.assertEqual(self.ask("PUT", f"/api/group/{group['id']}", shown), (200, shown))
        must(self.server, "DELETE", f"/api/group/{group['id']}", status=204)
        missing = {"error": "Group not found", "groupId": group["id"]}
        self.assertEqual(self.ask("GET", f"/api/group/{group['id']}"), (404, missing))

    def test_a_user_is_put_into_groups(self):
        group = add_group(self.server, [new_number()])
        user = add_user(self.server, groups=[group["id"]])
        shown = must(self.server, "GET", f"/api/group/{group['id']}")
        self.assertEqual(len(shown["users"]), 2)
        must(self.server, "PUT", f"/api/user/{user['id']}", {"groups": []})
        self.assertEqual(len(must(self.server, "GET", f"/api/group/{group['id']}")["users"]), 1)

    def test_wrong_groups_are_refused(self):
        good = {"name": "a", "cadence": "weekly", "frequency": 1, "duration": 5, "users": []}
        for wrong in (
            {"name": ""}, {"name": "x" * 101}, {"cadence": "yearly"}, {"cadence": None}, {"frequency": 0},
            {"frequency": 8}, {"frequency": 1.5}, {"cadence": "daily", "frequency": 2},
            {"cadence": "monthly", "frequency": 31}, {"duration": 4}, {"duration": 121}, {"duration": "5"},
            {"enabled": "true"}, {"users": [424242]}, {"users": list(range(1, 12))},
        ):  # fmt: skip
            status, answer = self.ask("POST", "/api/group", good | wrong)
            self.assertEqual(status, 400, (wrong, answer))
        self.assertEqual(self.ask("GET", "/api/group/abc")[0], 400)
        self.assertEqual(self.ask("GET", "/api/user/0")[0], 400)

    def test_the_next_moments_can_be_seen(self):
        group = add_group(self.server, [new_number()], cadence="monthly", frequency=3)
        preview = must(self.server, "GET", f"/api/group/{group['id']}/preview")
        self.assertEqual(len(preview["nextCallTimes"]), 5)
        self.assertEqual(preview["nextCallTimes"], sorted(preview["nextCallTimes"]))
        self.assertEqual(preview["nextCallTimes"][0], group["nextCallTime"])
        self.assertEqual(must(self.server, "GET", f"/api/group/{group['id']}/preview"), preview)
        self.assertEqual(self.ask("GET", f"/api/group/{group['id']}/preview?count=6")[0], 400)
        self.assertEqual(self.ask("GET", "/api/group/999999/preview")[0], 404)

    def test_groups_that_cannot_be_called_as_they_want_are_reported(self):
        empty = add_group(self.server, [])
        far = [add_user(self.server, timezone=zone)["id"] for zone in ("Pacific/Auckland", "Europe/London")]
        apart = add_group(self.server, [], users=far)
        fine = add_group(self.server, [new_number()])
        found = {each["groupId"]: each["problems"] for each in must(self.server, "GET", "/api/group/check")["groups"]}
        self.assertEqual(found[empty["id"]], ["nobody is in it"])
        self.assertEqual(len(found[apart["id"]]), 1)
        self.assertNotIn(fine["id"], found)


if __name__ == "__main__":
    unittest.main()
