"""How many rows of what, who owns them, and the five people whose pages are measured."""

from dataclasses import dataclass

UNITS = {"k": 1_000, "m": 1_000_000}


def read_size(text: str) -> int:
    """`10k`, `1m`, `250000` → a number of customers."""
    text = text.strip().lower().replace("_", "").replace(",", "")
    return int(float(text[:-1]) * UNITS[text[-1]]) if text[-1:] in UNITS else int(text)


@dataclass(frozen=True, slots=True)
class Watcher:
    """A person whose pages are measured; `place` is the number of the department."""

    name: str
    share: str
    role: str
    place: int


@dataclass(frozen=True)
class Plan:
    """Everything follows from the number of customers."""

    size: int
    activities_per_customer: int = 5

    @property
    def departments(self) -> int:
        """Two halves, each of branches of ten."""
        return 300 if self.size >= 10_000 else 60

    @property
    def users(self) -> int:
        return max(self.departments, min(5_000, self.size // 20))

    @property
    def contacts(self) -> int:
        return 2 * self.size

    @property
    def opportunities(self) -> int:
        return self.size

    @property
    def activities(self) -> int:
        return self.activities_per_customer * self.size

    @property
    def tickets(self) -> int:
        return max(1, self.size // 10)

    @property
    def few(self) -> int:
        """The rows of the person who sees only own ones."""
        return min(100, max(1, self.size // 10))

    @property
    def watchers(self) -> list[Watcher]:
        """From a few rows to all of them; `place` counts departments from 0: 0 leads the first half, 10 a branch, 11 and 12 are leaves."""
        return [
            Watcher("bench_own", f"{self.few} rows", "bench_own", 12),
            Watcher("bench_department", "0.3 %", "bench_below", 11),
            Watcher("bench_branch", "3 %", "bench_below", 10),
            Watcher("bench_half", "50 %", "bench_below", 0),
            Watcher("bench_all", "all", "bench_all", 0),
        ]

    def parent_of(self, department: int) -> int | None:
        """The half above the branch above the leaf."""
        if department % (self.departments // 2) == 0:
            return None
        half = department // (self.departments // 2) * (self.departments // 2)
        return half if department % 10 == 0 else department // 10 * 10

    def owner_of(self, customer: int) -> int:
        """The number of the user who owns a customer; user number `users` is the one with few rows."""
        return (
            self.users
            if customer % (self.size // self.few) == 0 and customer // (self.size // self.few) < self.few
            else spread(customer, self.users)
        )

    def department_of(self, user: int) -> int:
        """The department of a user, both as numbers from 0."""
        return 12 if user == self.users else user % self.departments


def spread(number: int, below: int, salt: int = 0) -> int:
    """A number that looks random and is the same in every run."""
    mixed = (number * 2_654_435_761 + salt * 40_503 + 12_345) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    mixed = (mixed * 2_246_822_519) & 0xFFFFFFFF
    return (mixed ^ (mixed >> 13)) % below
