"""Data faults and situations: the two kinds of things that go wrong, never mixed.

A *data fault* is a `Problem`: a row about the sender's file, collected with all others and shown together.
A *situation* is an exception: the machine, the call or the installation is not as it must be.

    RiskMapError
        DataFaults              exit 1; carries every Problem found
        WrongUsage              exit 2; the command was called wrongly
        Situation               exit 3
            CatalogueInvalid    the indicator or source declarations contradict each other
            ReferenceInvalid    a table of areas or outlines contradicts itself
            NoPublishedBuild    nothing has been published yet
            BuildUnreadable     the live build exists but cannot be opened
            PackageClosed       a package for one workplace takes no data
            PackageRefused      no package can be written as asked
            NotLoopback         a package for one workplace is served to other machines
            ScopeRefused        a wider view was asked for than may be shown
            NothingToShow       the live build holds no figure of the level asked for
            Locked              another load or publish is running
            PublishRefused      a rule of the house forbids this build to go live
            SignRefused         whoever is at work cannot sign this build
            SignInRefused       a sign-in is there but does not count
            GrantRefused        a right cannot be granted or revoked like this
            NothingStaged       no build waits for publication
            StorageFailed       disk full, no permission, path missing
            DataFolderOld       the data folder is of an earlier format: it has to be migrated
            DataFolderNew       the data folder is of a later format: the program is older than it
            BackupRefused       a backup cannot be written there, or cannot be restored from that file

Neither holds sentences: a code or key and its parameters are turned into words by `riskmap.words`.
"""

from dataclasses import dataclass
from typing import cast

from riskmap.domain.problems import RULES, Severity

__all__ = ["Severity"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in one place of one file, with what was expected and what was found.

    `code` is stable and documented (see `riskmap.domain.problems`); the sentence and the remedy are the words
    `problem.<code>.text` and `problem.<code>.remedy`. `row` counts from 1 as the spreadsheet does, `column` is the
    spreadsheet letter or the header; empty means the fault belongs to no such place. `candidates` are area ids.
    """

    code: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    found: str = ""
    expected: str = ""
    candidates: tuple[str, ...] = ()
    severity: Severity = cast(Severity, "")  # left out, that of the rule

    def __post_init__(self) -> None:
        if not self.severity:
            object.__setattr__(self, "severity", RULES[self.code].severity)


class RiskMapError(Exception):
    """Root of every exception we raise on purpose; `key` names its words, `values` fill them."""

    key = "error.unexpected"
    exit_status = 3

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__(f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in values.items())})")


class DataFaults(RiskMapError):
    """The files hold faults; nothing of them was accepted."""

    key = "error.data_faults"
    exit_status = 1

    def __init__(self, problems: "list[Problem]") -> None:
        self.problems = list(problems)
        super().__init__(count=len(self.problems))


class WrongUsage(RiskMapError):
    """The command line or a call names something that does not exist or leaves out what is needed."""

    key = "error.wrong_usage"
    exit_status = 2


class Situation(RiskMapError):
    """The machine or the installation is not as it must be."""


class CatalogueInvalid(Situation):
    """The declarations contradict each other; `faults` lists all contradictions at once."""

    key = "error.catalogue_invalid"

    def __init__(self, faults: list[str]) -> None:
        self.faults = list(faults)
        super().__init__(count=len(self.faults), faults="\n".join(self.faults))


class ReferenceInvalid(Situation):
    """A reference table of areas, or an outline layer, contradicts itself."""

    key = "error.reference_invalid"

    def __init__(self, faults: list[str]) -> None:
        self.faults = list(faults)
        super().__init__(count=len(self.faults), faults="\n".join(self.faults))


class NoPublishedBuild(Situation):
    """Nothing has been published yet, so there is nothing to show."""

    key = "error.no_published_build"


class BuildUnreadable(Situation):
    """The live build is named but cannot be opened, or is of a format this version does not read."""

    key = "error.build_unreadable"


class PackageClosed(Situation):
    """A package for one workplace is only read: nothing is loaded into it, published or removed."""

    key = "error.package_closed"


class PackageRefused(Situation):
    """A package cannot be written to `path`; `reason` is a word key."""

    key = "error.package_refused"


class NotLoopback(Situation):
    """A package with the exact numbers of a region is for the machine that it lies on, and is served to others."""

    key = "error.not_loopback"


class ScopeRefused(Situation):
    """The build hides real numbers: nobody may choose to see it as somebody else does."""

    key = "error.scope_refused"


class NothingToShow(Situation):
    """The live build holds no figure of the level that a page shows."""

    key = "error.nothing_to_show"


class Locked(Situation):
    """Another load or publish is running; `holder` says which."""

    key = "error.locked"


class PublishRefused(Situation):
    """A rule of the house forbids this build to go live; `reason` is a word key."""

    key = "error.publish_refused"


class SignRefused(Situation):
    """Whoever is at work cannot sign this build; `reason` is a word key."""

    key = "error.sign_refused"


class SignInRefused(Situation):
    """A sign-in is there but does not count; `reason` is a word key."""

    key = "error.sign_in_refused"


class GrantRefused(Situation):
    """A right cannot be granted or revoked like this; `reason` is a word key."""

    key = "error.grant_refused"


class NothingStaged(Situation):
    """No build waits for publication, or the name given is that of none."""

    key = "error.nothing_staged"


class StorageFailed(Situation):
    """The data folder cannot be read or written."""

    key = "error.storage_failed"


class DataFolderOld(Situation):
    """The data folder, or the live build in it, is of an earlier format; `found` and `needed` say which."""

    key = "error.data_folder_old"


class DataFolderNew(Situation):
    """The data folder, or the live build in it, is of a later format than this program knows."""

    key = "error.data_folder_new"


class BackupRefused(Situation):
    """A backup cannot be written to `path`, or not be restored from it; `reason` is a word key."""

    key = "error.backup_refused"
