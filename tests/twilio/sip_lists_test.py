"""Lists of SIP credentials and of IP addresses: made, renamed, listed, removed."""

import unittest

from support.account import Account
from support.belfry_server import BelfryServer

KINDS = {
    "/SIP/CredentialLists": ("CL", "credential_lists", "credentials", "Credentials"),
    "/SIP/IpAccessControlLists": ("AL", "ip_access_control_lists", "ip_addresses", "IpAddresses"),
}


class SipLists(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.api = Account(cls.enterClassContext(BelfryServer()))

    def test_a_list_lives_as_the_api_says(self):
        for path, (prefix, envelope, content, name) in KINDS.items():
            with self.subTest(path):
                made = self.api.create(path + ".json", FriendlyName="one")
                self.assertTrue(made["sid"].startswith(prefix), made)
                one = f"{path}/{made['sid']}"
                self.assertTrue(made["subresource_uris"][content].endswith(f"{one}/{name}.json"), made)
                status, changed = self.api.ask("POST", one + ".json", FriendlyName="two")
                self.assertEqual((status, changed["friendly_name"]), (200, "two"))
                _, page = self.api.ask("GET", path + ".json")
                self.assertEqual([each["friendly_name"] for each in page[envelope]], ["two"])
                self.assertEqual(self.api.ask("POST", path + ".json")[0], 400, "a name is required")
                self.assertEqual(self.api.ask("DELETE", one + ".json")[0], 204)
                self.assertEqual(self.api.ask("GET", one + ".json")[0], 404)


if __name__ == "__main__":
    unittest.main()
