"""The lint must see what g++ 12 compiles wrongly, and nothing else."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import lint  # noqa: E402


def findings(body, path="src/call/leg.cpp"):
    return [message for _, message in lint.check(path, body)]


def in_coroutine(statement):
    return "Task<void> f(Loop& loop) {\n  " + statement + "\n}\n"


class CoAwaitStatements(unittest.TestCase):
    def test_what_g_plus_plus_12_gets_wrong_is_found(self):
        for statement in (
            "co_await place(Target{.to = number});",
            "co_await place(vip ? alice() : bob());",
            "co_await each([=] { go(); });",
            "switch (co_await next()) {",
            "throw Broken(co_await next());",
            "auto both = Pair{co_await a(), 1};",
            "auto sum = co_await a() + co_await b();",
            "co_await place(numbers[0]);",
            "if (auto x = co_await place({}); x) {\n    go();\n  }",
        ):
            self.assertEqual(len(findings(in_coroutine(statement))), 1, statement)

    def test_what_is_safe_passes(self):
        for statement in (
            "Target target{.to = number};\n  co_await place(std::move(target));",
            "if (co_await next()) {\n    go(Target{});\n  }",
            "while (auto request = co_await mailbox.pop()) {\n    table[1] = 2;\n  }",
            "auto [name, value] = co_await next();",
            "[[maybe_unused]] auto value = co_await next();",
            'co_await say("what? {brackets} [here]");',
            "co_await next();  // why? [see] {this}",
            "BELFRY_CO_TRY(body, co_await fetch(url));",
            "for (auto& item : items) {\n    co_await item.run();\n  }",
            "switch (kind) {\n    case Kind::one:\n      co_await next();\n      break;\n  }",
        ):
            self.assertEqual(findings(in_coroutine(statement)), [], statement)

    def test_a_function_on_one_line_is_a_block(self):
        self.assertEqual(findings("Task<T> wait() { co_return co_await next(); }\n"), [])
        self.assertEqual(findings("auto ask = [](Leg& of) -> base::Task<void> { co_await of.answer(); };\n"), [])

    def test_a_capturing_lambda_coroutine_is_found(self):
        self.assertEqual(len(findings("auto f = [this](int a) -> base::Task<void> {\n  co_return;\n};\n")), 1)
        self.assertEqual(findings("auto f = [](int a) -> base::Task<void> {\n  co_return;\n};\n"), [])


class OtherRules(unittest.TestCase):
    def test_each_rule_bites(self):
        for path, text in (
            ("src/sip/a.cpp", '#include "../call/leg.hpp"\n'),
            ("src/sip/a.cpp", "auto now = std::chrono::system_clock::now();\n"),
            ("src/sip/a.cpp", "int a = rand();\n"),
            ("src/sip/a.cpp", "// TO" "DO later\n"),
            ("src/sip/a_test.cpp", "TEST(Sip, DISABLED" "_Later) {}\n"),
            ("src/sip/a_test.cpp", "std::this_thread::sleep_for(1s);\n"),
            ("src/sip/a.hpp", "struct A {};\n"),
            ("src/sip/a.cpp", "\n" * 501),
            ("tests/cli/a_test.py", "@unittest.sk" "ip('later')\n"),
        ):
            self.assertEqual(len(findings(text, path)), 1, text[:60])

    def test_time_and_chance_have_one_home(self):
        text = "auto now = std::chrono::steady_clock::now();\n"
        self.assertEqual(findings(text, "src/base/time.cpp"), [])
        self.assertEqual(findings("operand(1); // steady_clock\n"), [])


if __name__ == "__main__":
    unittest.main()
