#!/usr/bin/env python3
"""House rules that no compiler checks (docs/style.md). Reads the tracked files, prints file:line: rule.

Exit status 1 when a rule is broken; a long file between 400 and 500 lines is only a warning.
"""
import re
import subprocess
import sys

WARN_LINES, MAX_LINES = 400, 500
CODE = (".cpp", ".hpp")
SOURCES = CODE + (".ts", ".tsx", ".py", ".mjs", ".js", ".bash", ".sh", ".cmake", ".css")

# rule: (pattern, where it applies, what to say)
CLOCKS = re.compile(
    r"\b(system_clock|steady_clock|high_resolution_clock|random_device|gettimeofday|clock_gettime)\b"
    r"|\bs?rand\s*\(|\btime\s*\(\s*(nullptr|NULL|0)\s*\)"
)
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
SKIPPED = re.compile(
    r"\bGTEST_SKIP\b|\bTEST(_[FP])?\s*\(\s*\w+\s*,\s*DISABLED_|\b(it|test|describe)\.(skip|only)\b"
    r"|@(unittest\.)?(skip|expectedFailure)\b|\.skipTest\("
)
SLEEP = re.compile(r"\bthis_thread::sleep|\busleep\s*\(|\bnanosleep\s*\(")
LAMBDA_COROUTINE = re.compile(r"\[[^\[\]\n]+\]\s*(\([^()]*\))?\s*(mutable\s*)?->\s*(\w+::)*Task<")


def blank(match):
    """Same length and lines, no text: offsets stay true."""
    return re.sub(r"[^\n]", " ", match.group(0))


def without_comments_and_strings(text):
    pattern = r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\''
    return re.sub(pattern, blank, text, flags=re.DOTALL)


def statement_start(text, position):
    """Back to the end of the statement before; a brace that opens a value is part of the statement."""
    while position > 0:
        character = text[position - 1]
        if character in ";}":
            return position
        if character == "{":
            before = text[: position - 1].rstrip()
            opens_block = text[position : position + 1] == "\n" or before.endswith((")", "else", "do", "try", "const", "noexcept"))
            if opens_block or not before or re.search(r"->\s*[\w:<>,*& ]+$", before):
                return position
        if character == ":" and re.search(r"(\bcase\b[^;{}?]*|\bdefault\s*)$", text[: position - 1]):
            return position
        position -= 1
    return position


def statement_end(text, start):
    """To its `;`, or to the `{` of the block that an if, while, for or switch opens."""
    depth = 0
    for position in range(start, len(text)):
        character = text[position]
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "{" and depth == 0 and text[:position].rstrip().endswith(")"):
            return position
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth < 0:
                return position
        elif character == ";" and depth <= 0:
            return position
    return len(text)


def check_co_await(text):
    """One co_await a statement, its arguments named: what g++ 12 compiles wrongly is refused."""
    clean = without_comments_and_strings(text)
    seen = set()
    for match in re.finditer(r"\bco_await\b", clean):
        if re.search(r"\boperator\s*$", clean[: match.start()]):
            continue
        start = statement_start(clean, match.start())
        if start in seen:
            continue
        seen.add(start)
        statement = clean[start : statement_end(clean, start)]
        statement = re.sub(r"\[\[.*?\]\]|\bauto\s*&{0,2}\s*\[[^\]]*\]", blank, statement)
        line = clean.count("\n", 0, match.start()) + 1
        if len(re.findall(r"\bco_await\b", statement)) > 1:
            yield line, "two co_await in one statement"
        for token in re.findall(r"[{?\[]|\bthrow\b|\bswitch\b", statement):
            yield line, f"a co_await statement holds `{token}`: name the value first"
            break
    for match in LAMBDA_COROUTINE.finditer(clean):
        yield clean.count("\n", 0, match.start()) + 1, "a capturing lambda is a coroutine: make it a function"


def check(path, text):
    is_code = path.endswith(CODE)
    lines = text.split("\n")
    if path.endswith(SOURCES) and len(lines) > MAX_LINES:
        yield 1, f"{len(lines)} lines: more than {MAX_LINES} ask for a new noun"
    may_tell_time = path in ("src/base/time.cpp", "src/base/random.cpp")
    plain = without_comments_and_strings(text).split("\n") if is_code else lines
    for number, line in enumerate(lines, 1):
        if UNFINISHED.search(line):
            yield number, "unfinished business in a comment"
        if SKIPPED.search(line):
            yield number, "a skipped test tests nothing"
        if is_code and re.match(r'\s*#\s*include\s*"\.\./', line):
            yield number, 'an #include "../ goes round the module borders'
        if is_code and path.startswith(("src/", "fuzz/")):
            if not may_tell_time and CLOCKS.search(plain[number - 1]):
                yield number, "time and chance are parameters: base::Clock, base::Random"
            if SLEEP.search(plain[number - 1]):
                yield number, "no sleeping: wait for what happens"
    if path.endswith(".hpp") and "#pragma once" not in text:
        yield 1, "a header without #pragma once"
    if is_code and path.startswith("src/"):
        yield from check_co_await(text)


def main():
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, check=True, text=True
    ).stdout.split("\0")
    failures = 0
    for path in tracked:
        if not path.endswith(SOURCES + (".txt", ".md", ".json", ".toml", ".html")):
            continue
        if path.startswith("fuzz/corpus/") or path.endswith("package-lock.json"):
            continue
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read()
        except FileNotFoundError:  # deleted, not yet committed
            continue
        length = text.count("\n") + 1
        if path.endswith(SOURCES) and WARN_LINES < length <= MAX_LINES:
            print(f"{path}:1: warning: {length} lines, {WARN_LINES} are meant to do")
        for line, message in check(path, text):
            failures += 1
            print(f"{path}:{line}: {message}")
    print(f"lint: {failures} finding(s)", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
