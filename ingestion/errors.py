"""What can go wrong while a source is read, one exception per reason.

IngestionError
├── PackError                 a pack's description cannot be understood
├── SourceError               the whole source is out of reach
│   ├── SourceUnreachable     nobody answers (retried; transient)
│   ├── WrongPassword         the source refuses the user
│   ├── UnknownDatabase       the database, schema or file does not exist
│   ├── NotADatabase          the file is something else, or damaged
│   ├── NoTables              it has none of the system's tables: the wrong or an empty database
│   ├── MissingDriver         the Python driver is not installed
│   ├── UnsupportedSource     the URL names a database that has no dialect here
│   └── ConnectionLost        it went away while it was being read (retried; transient)
├── TableError                one table is out of reach; the others go on
│   ├── UnknownTable · UnknownColumn · MissingKey
│   ├── PermissionDenied
│   ├── SuspiciouslyEmpty     it had rows and now has none
│   ├── TypeChanged           the landed type cannot hold the new one without loss
│   ├── TooManyUntypable      so many rows cannot be typed that the declared type must be wrong
│   └── ReadFailed            anything else the source said
├── LandingFailed             our own landing file could not be written
│   ├── LandingLocked         another program has it open
│   └── LandingUnreadable     it is damaged or not a landing file
├── LetterUnreadable          what a target is to be told cannot be understood; it never will be
│   └── CodeNotPlain          a code cannot stand in a file as it is
└── OutboundError             a target could not be told
    ├── TargetUnreachable     nobody answers: certainly nothing arrived
    ├── TargetThrottled       it asks to wait
    ├── RequestRefused        it refuses the question as such
    ├── LoginRefused          it refuses the user or application
    ├── FolderUnwritable      the folder for files cannot be written
    └── AnswerLost            it may or may not have arrived
"""

from __future__ import annotations

from ingestion.texts import Sentence, sentence


class IngestionError(Exception):
    """An error with a sentence for people in both languages; never holds a secret."""

    code = "ingestion_error"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        self.sentence: Sentence = sentence(self.code, **facts)
        super().__init__(self.sentence.en)

    @property
    def zh(self) -> str:
        return self.sentence.zh

    @property
    def en(self) -> str:
        return self.sentence.en


class PackError(IngestionError):
    """Facts: file, line, key, expected."""

    code = "pack_error"


class SourceError(IngestionError):
    """Facts: source, and what the subclass's sentence names."""

    code = "source_error"


class SourceUnreachable(SourceError):
    code = "source_unreachable"


class WrongPassword(SourceError):
    code = "wrong_password"


class UnknownDatabase(SourceError):
    code = "unknown_database"


class NotADatabase(SourceError):
    code = "not_a_database"


class NoTables(SourceError):
    code = "no_tables"


class MissingDriver(SourceError):
    code = "missing_driver"


class UnsupportedSource(SourceError):
    code = "unsupported_source"


class ConnectionLost(SourceError):
    code = "connection_lost"


class TableError(IngestionError):
    """Facts: source, table, and what the subclass's sentence names."""

    code = "table_error"


class UnknownTable(TableError):
    code = "unknown_table"


class UnknownColumn(TableError):
    code = "unknown_column"


class MissingKey(TableError):
    code = "missing_key"


class PermissionDenied(TableError):
    code = "permission_denied"


class SuspiciouslyEmpty(TableError):
    code = "suspiciously_empty"


class TypeChanged(TableError):
    code = "type_changed"


class TooManyUntypable(TableError):
    code = "too_many_untypable"


class ReadFailed(TableError):
    code = "read_failed"


class LandingFailed(IngestionError):
    """Facts: source, table, detail."""

    code = "landing_failed"


class LandingLocked(LandingFailed):
    code = "landing_locked"


class LandingUnreadable(LandingFailed):
    code = "landing_unreadable"


class LetterUnreadable(IngestionError):
    """Facts: reference, detail."""

    code = "letter_unreadable"


class CodeNotPlain(LetterUnreadable):
    code = "code_not_plain"


class OutboundError(IngestionError):
    """Facts: target, detail. `may_have_arrived` tells whether the target may know already."""

    code = "outbound_error"
    may_have_arrived = False

    @property
    def retry_after(self) -> float | None:
        """Return the seconds that the target asked to wait."""
        seconds = self.facts.get("retry_after")
        return float(seconds) if isinstance(seconds, (int, float)) else None


class TargetUnreachable(OutboundError):
    """Facts: target, address, detail."""

    code = "target_unreachable"


class TargetThrottled(OutboundError):
    """Facts: target, detail, retry_after."""

    code = "target_throttled"


class RequestRefused(OutboundError):
    code = "request_refused"


class LoginRefused(OutboundError):
    code = "login_refused"


class FolderUnwritable(OutboundError):
    """Facts: target, folder, detail."""

    code = "folder_unwritable"


class AnswerLost(OutboundError):
    code = "answer_lost"
    may_have_arrived = True
