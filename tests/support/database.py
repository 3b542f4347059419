"""Where a server of the tests keeps its rows: in its folder, or in a new database of a PostgreSQL.

`BELFRY_DATABASE_URL` says which, as for the server, but with `{database}` for the name of a database that does not
exist yet: postgresql://user:password@host/{database}. ./test sets it in its part `postgres`."""

import itertools
import os
import subprocess

numbers = itertools.count(1)


class Nowhere:
    """SQLite needs no preparation."""

    environment = {}

    def drop(self):
        pass


class Database:
    def __init__(self, template):
        self.template = template
        self.name = f"belfry_{os.getpid()}_{next(numbers)}"
        self.url = template.replace("{database}", self.name)
        self.environment = {"BELFRY_DATABASE_URL": self.url}
        self.command(f"CREATE DATABASE {self.name}")

    def command(self, sql, database="postgres") -> str:
        """One statement, in a database that stays or in this one; gives what it selects, unaligned."""
        url = self.template.replace("{database}", database)
        answer = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql],
            capture_output=True,
            text=True,
            timeout=60,
        )
        if answer.returncode != 0:
            raise RuntimeError(answer.stderr)
        return answer.stdout.strip()

    def ask(self, sql) -> str:
        return self.command(sql, self.name)

    def close_door(self):
        """For its users it is as if the server were gone; others are not disturbed."""
        self.command(f"ALTER DATABASE {self.name} WITH ALLOW_CONNECTIONS false")
        self.end_sessions()

    def open_door(self):
        self.command(f"ALTER DATABASE {self.name} WITH ALLOW_CONNECTIONS true")

    def end_sessions(self):
        self.command(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'")

    def drop(self):
        if self.name:
            self.command(f"DROP DATABASE {self.name} WITH (FORCE)")
            self.name = None


def fresh_database():
    template = os.environ.get("BELFRY_DATABASE_URL")
    return Database(template) if template else Nowhere()
