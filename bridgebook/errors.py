"""What can go wrong in this room, one class per reason.

BridgebookError
├── SettingsError          2  bridgebook.toml, a secret, a rule file or a pack is wrong
│   ├── HomeMissing
│   ├── SettingsInvalid
│   ├── SecretUnavailable
│   ├── PackUnknown
│   └── RulesInvalid
├── SourceUnknown          2
├── LockHeld               4
├── NothingLanded          1
├── BuildFailed            1
├── NothingToPublish       1
├── NoSnapshot             1
├── QueryRefused           1
├── BooksUnavailable       1
├── MappingUnavailable     1
├── EntityUnknown          2
├── ExplanationUnavailable 1
├── DecisionRefused        4  a decision contradicts what stands, or its maker would be its checker
├── OutboxConflict         4  one key was to be told with two contents
├── TargetUnknown          2
├── LetterUnknown          2
├── SimulationUnavailable  2
├── PaperUnavailable       1  this machine has no typeface with Chinese characters
├── PreviewFailed          1
└── DemoHomeTaken          2
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Protocol, runtime_checkable

from bridgebook.texts import Language, text


class ExitCode(IntEnum):
    """What a command tells the shell."""

    SUCCESS = 0
    FAILURE = 1
    USAGE = 2
    PARTIAL = 3
    REFUSED = 4


class BridgebookError(Exception):
    """A reason why a command could not finish, told in the reader's language."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAILURE

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def sentence(self, language: Language) -> str:
        """Return what happened and what to do about it."""
        return text(self.key, language, **self.values)

    def __str__(self) -> str:
        return self.sentence("en")


class SettingsError(BridgebookError):
    """The installation is described wrongly."""

    exit_code = ExitCode.USAGE


class HomeMissing(SettingsError):
    """The home folder has no bridgebook.toml."""


class SecretUnavailable(SettingsError):
    """A password that the settings refer to cannot be read."""


class PackUnknown(SettingsError):
    """A source names a system for which there is no pack, or the pack cannot be read."""


@dataclass(frozen=True)
class Problem:
    """One mistake in a file that people wrote: where it stands and what was expected there."""

    place: str
    key: str
    values: tuple[tuple[str, object], ...] = ()

    def sentence(self, language: Language) -> str:
        """Return the mistake with its place in front."""
        return f"{self.place}: {text(self.key, language, **dict(self.values))}"


class ProblemsFound(SettingsError):
    """Several mistakes in files that people wrote, told all at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("problems_found", count=len(problems))
        self.problems = problems

    def sentence(self, language: Language) -> str:
        """Return one line per mistake."""
        return "\n".join(problem.sentence(language) for problem in self.problems)


class SettingsInvalid(ProblemsFound):
    """bridgebook.toml has wrong keys or values."""


class RulesInvalid(ProblemsFound):
    """A file in <home>/rules/ has wrong columns or values."""


class SourceUnknown(BridgebookError):
    """A command names a source that the settings do not have."""

    exit_code = ExitCode.USAGE


class LockHeld(BridgebookError):
    """Another command is working on the same files."""

    exit_code = ExitCode.REFUSED


class NothingLanded(BridgebookError):
    """No source could be read, and none was ever landed."""


class BuildFailed(BridgebookError):
    """A model or one of our own tests failed; nothing was published."""


class NothingToPublish(BridgebookError):
    """There is no finished build that could be published."""


class NoSnapshot(BridgebookError):
    """Nothing was published yet."""


class QueryRefused(BridgebookError):
    """An analyst's statement failed or exceeded its limits."""


class BooksUnavailable(BridgebookError):
    """The book store cannot be opened."""


class MappingUnavailable(BridgebookError):
    """The SQL of a pack cannot be compiled or understood, so nothing can be said about its fields."""


class EntityUnknown(BridgebookError):
    """A command names a canonical entity that does not exist."""

    exit_code = ExitCode.USAGE


class ExplanationUnavailable(BridgebookError):
    """A voucher is unknown, or the warehouse that knows why it is so is gone."""


class PaperUnavailable(BridgebookError):
    """A voucher cannot be set as PDF on this machine."""


class DecisionRefused(BridgebookError):
    """Decisions that were not recorded, each with its reason: none of the list was."""

    exit_code = ExitCode.REFUSED

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("problems_found", count=len(problems))
        self.problems = problems

    def sentence(self, language: Language) -> str:
        """Return one line per reason."""
        return "\n".join(problem.sentence(language) for problem in self.problems)


class OutboxConflict(BridgebookError):
    """Something else was to be told to a target under a key that is already taken."""

    exit_code = ExitCode.REFUSED


class TargetUnknown(BridgebookError):
    """A command names a target that the settings do not have."""

    exit_code = ExitCode.USAGE


class LetterUnknown(BridgebookError):
    """A command names a row that the outbox does not have, or that cannot be tried again."""

    exit_code = ExitCode.USAGE


class SimulationUnavailable(BridgebookError):
    """Changed rules cannot be tried: no rule files, or nothing to compare with."""

    exit_code = ExitCode.USAGE


class PreviewFailed(BridgebookError):
    """The first rows of a source cannot be shown."""


class DemoHomeTaken(SettingsError):
    """The demo was asked to run in a home that reads other sources."""


@runtime_checkable
class Explained(Protocol):
    """An error of any room that explains itself to people and to the shell."""

    exit_code: int

    def sentence(self, language: Language) -> str:
        """Return what happened and what to do about it."""
